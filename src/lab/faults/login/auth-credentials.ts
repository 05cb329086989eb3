import type { FaultKind } from '../../fault.ts';
import { changedUrl } from '../../setup/changed-url.ts';
import { makeLoginFault } from './fault.ts';

const EVERY_SERVER = ['postgres', 'postgres-system', 'mariadb'] as const;

/** The application has an outdated password, as after a missed rotation. */
export const wrongPassword: FaultKind = {
  name: 'auth-wrong-password',
  title: 'The application logs in with an old password',
  engines: [...EVERY_SERVER, 'pgbouncer'],
  make: (lab) =>
    makeLoginFault(lab, {
      describe: 'The password of shop was rotated; the application still has the old one.',
      url: changedUrl(lab.urls.shop, { password: 'last-month' }),
      byHand: (application) => [
        {
          name: 'correct-url',
          title: 'Give the application the password from the secret store',
          do: async () => application.use(lab.urls.shop),
        },
      ],
    }),
};

/** The application logs in as a role that does not exist. */
export const missingRole: FaultKind = {
  name: 'auth-missing-role',
  title: 'The application logs in as a role that does not exist',
  engines: EVERY_SERVER,
  make: (lab) =>
    makeLoginFault(lab, {
      describe: 'The URL names the user shop_web, whom the server does not know.',
      url: changedUrl(lab.urls.shop, { user: 'shop_web' }),
      byHand: (application) => [
        {
          name: 'correct-url',
          title: 'Write the right user into the URL',
          do: async () => application.use(lab.urls.shop),
        },
      ],
    }),
};

/** The application connects to a database that does not exist. */
export const missingDatabase: FaultKind = {
  name: 'auth-missing-database',
  title: 'The application connects to a database that does not exist',
  engines: EVERY_SERVER,
  make: (lab) =>
    makeLoginFault(lab, {
      layer: 'database',
      describe: 'The URL names the database shop_live, which the server does not have.',
      url: changedUrl(lab.urls.shop, { database: 'shop_live' }),
      byHand: (application) => [
        {
          name: 'correct-url',
          title: 'Write the right database into the URL',
          do: async () => application.use(lab.urls.shop),
        },
      ],
    }),
};
