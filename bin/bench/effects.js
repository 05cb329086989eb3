import { judgedCorpora } from '../../test/fixtures/effects/judged-corpora.ts';

/** Prints, for each language, how many hostile texts were taken for reads and how many reads were not. */
export async function effectFigures(say) {
  for (const { language, hostile, falseReads, everyday, falseAlarms } of await judgedCorpora()) {
    if (hostile.length + everyday.length === 0) continue;
    const share = ((100 * falseAlarms.length) / Math.max(1, everyday.length)).toFixed(1);
    say(
      `effects of ${language}: ${falseReads.length} false reads in ${hostile.length} hostile texts, ` +
        `${falseAlarms.length} false alarms in ${everyday.length} everyday reads (${share} %)`,
    );
  }
}
