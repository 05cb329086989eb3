import { readLibrarySymptoms } from '#cli/library/symptoms.ts';
import { createClassifier } from '#match/classify.ts';

/** Classifies a line as `runbook match` does, with the symptoms of the shipped runbooks. */
export const { classify } = createClassifier(readLibrarySymptoms([]));
