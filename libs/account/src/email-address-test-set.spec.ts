import { EmailAddress } from './email-address';
import testSet from './email-address-test-set.spec.json';

type ByDiagnosis = Record<string, Record<string, string>>;

/** The test set's number and diagnosis of an address, and the address. */
function rowsOf(verdict: ByDiagnosis): [id: number, diagnosis: string, address: string][] {
  return Object.entries(verdict).flatMap(([diagnosis, addresses]) =>
    Object.entries(addresses).map(([id, address]): [number, string, string] => [Number(id), diagnosis, address]),
  );
}

const ACCEPTED = rowsOf(testSet.accepted);
const REFUSED = rowsOf(testSet.refused);

describe('EmailAddress, of the is_email test set,', () => {
  it.each(ACCEPTED)('[S-60] accepts %i (%s)', (_id, _diagnosis, address) => {
    expect(EmailAddress.tryParse(address)?.value).toBe(address.toLowerCase());
  });

  it.each(REFUSED)('[S-60] refuses %i (%s)', (_id, _diagnosis, address) => {
    expect(EmailAddress.tryParse(address)).toBeNull();
  });

  it('[S-60] has a verdict for all 164', () => {
    expect(new Set([...ACCEPTED, ...REFUSED].map(([id]) => id)).size).toBe(164);
  });
});
