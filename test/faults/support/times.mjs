import { randomInt } from 'node:crypto';

/**
 * Asks in random order, one after another, `samples` times in each class. Resolves, by class, with the chance that an
 * answer takes longer there than in all the others together (Mann and Whitney's AUC): 0.5 when nobody can tell.
 */
export async function chancesOf(classes, samples, before = async () => undefined) {
  const names = Object.keys(classes);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (const name of shuffled(names.flatMap((each) => Array(samples).fill(each)))) {
    await before();
    times[name].push((await classes[name]()).seconds);
  }
  const others = (name) => names.filter((each) => each !== name).flatMap((each) => times[each]);
  return Object.fromEntries(names.map((name) => [name, chanceToBeLonger(times[name], others(name))]));
}

function chanceToBeLonger(some, others) {
  const wins = some.flatMap((one) => others.map((other) => (one === other ? 1 / 2 : Number(one > other))));
  return Math.round((100 * wins.reduce((sum, win) => sum + win, 0)) / wins.length) / 100;
}

function shuffled(list) {
  for (let last = list.length - 1; last > 0; last--) {
    const at = randomInt(last + 1);
    [list[at], list[last]] = [list[last], list[at]];
  }
  return list;
}
