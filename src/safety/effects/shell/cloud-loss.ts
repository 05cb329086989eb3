import { known } from '../effect-report.ts';
import type { Judge } from './judging.ts';

const LOSES =
  /^(?:delete|destroy|purge|remove|stop|deallocate|restart|reset|failover)(?:-[a-z-]+)?$/;

/** Whatever the service, a word like this among the subcommands takes something away. */
export const orLoss =
  (judge: Judge): Judge =>
  (call, judging) => {
    const loss = call.words.find(({ text }) => LOSES.test(text ?? ''));
    return loss === undefined
      ? judge(call, judging)
      : [
          known(
            'destructive',
            `${call.name} ${loss.text} takes something down or removes it`,
            loss.span,
          ),
        ];
  };
