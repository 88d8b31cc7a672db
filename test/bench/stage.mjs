import bcrypt from 'bcrypt';
import { signedIn } from './accounts.mjs';
import { createBare } from './parties/bare.mjs';
import { createBetterAuth } from './parties/better-auth.mjs';
import { createRekey } from './parties/rekey.mjs';
import { measureImport } from './scenarios/import.mjs';
import { BCRYPT_COST, PASSWORD } from './sizes.mjs';

const CHANGERS = 64;

/**
 * All parties running and filled alike, with the accounts that read and those that change their passwords signed in.
 * What must be undone stands in `cleanUps` as soon as there is something to undo, last first.
 */
export async function setStage(sizes, cleanUps) {
  const kept = (party) => {
    cleanUps.unshift(party.remove);
    return party;
  };
  const passwordHash = await bcrypt.hash(PASSWORD, BCRYPT_COST);
  const rekey = kept(await createRekey());
  // What the others are measured on comes from the import, so it is measured first.
  const importRow = await measureImport(rekey, sizes, passwordHash);
  await rekey.openSessions(sizes);
  const service = await rekey.start();
  cleanUps.unshift(service.stop);
  const betterAuth = kept(await createBetterAuth(sizes, passwordHash));
  const parties = {
    rekey,
    betterAuth,
    bare: kept(await createBare()),
    least: kept(await createBare(rekey.databaseUrl)),
  };
  const readers = await bothSignedIn(parties, 0, sizes.signedIn);
  const changers = await bothSignedIn(parties, sizes.signedIn, CHANGERS);
  return { parties, service, readers, changers, importRow };
}

async function bothSignedIn({ rekey, betterAuth }, first, count) {
  return { rekey: await signedIn(rekey, first, count), betterAuth: await signedIn(betterAuth, first, count) };
}
