/** How much stands in the databases and how long each sample is; seconds. */
export const FULL = {
  accounts: 200_000,
  sessions: 100_000,
  signedIn: 200,
  rounds: 3,
  readSeconds: 5,
  hashSeconds: 10,
  // Few of these fit into a second: each that is cut off by an end of the sample would count.
  dearHashSeconds: 30,
  besideSeconds: 15,
};

/** To try a change of the benchmark itself: its figures say little. */
export const QUICK = {
  accounts: 5_000,
  sessions: 4_000,
  signedIn: 64,
  rounds: 1,
  readSeconds: 1,
  hashSeconds: 3,
  dearHashSeconds: 6,
  besideSeconds: 4,
};

/** The same for every party. */
export const BCRYPT_COST = 10;

/** What the service hashes with unless told otherwise. */
export const DEFAULT_BCRYPT_COST = 12;

/** Of every account, until it is changed. */
export const PASSWORD = 'Quiet-Harbour-Lantern-7';

export const emailOf = (number) => `person-${number}@example.com`;
