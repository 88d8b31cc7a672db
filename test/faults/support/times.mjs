import { randomInt } from 'node:crypto';

/** Asks in random order, one after another, `samples` times in each class. Resolves with the seconds of each. */
export async function timesOf(classes, samples, before = async () => undefined) {
  const names = Object.keys(classes);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (const name of shuffled(names.flatMap((each) => Array(samples).fill(each)))) {
    await before();
    times[name].push((await classes[name]()).seconds);
  }
  return times;
}

/**
 * Of each pair of classes: `chance`, that an answer takes longer in the one than in the other (Mann and Whitney's AUC; 0.5
 * when nobody can tell), and `gap`, how far their medians are apart, as a part of the longer one.
 */
export function comparePairs(times) {
  const names = Object.keys(times);
  const pairs = names.flatMap((one, at) => names.slice(at + 1).map((other) => [one, other]));
  return Object.fromEntries(pairs.map(([one, other]) => [`${one} / ${other}`, compare(times[one], times[other])]));
}

/** The same of each class and all the others together: for few samples, which tell too little of a pair. */
export function compareWithOthers(times) {
  const others = (name) => Object.keys(times).flatMap((each) => (each === name ? [] : times[each]));
  return Object.fromEntries(Object.keys(times).map((name) => [name, compare(times[name], others(name))]));
}

function compare(some, others) {
  const [one, other] = [median(some), median(others)];
  return { chance: chanceToBeLonger(some, others), gap: rounded(Math.abs(one - other) / Math.max(one, other)) };
}

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];

const rounded = (number) => Math.round(100 * number) / 100;

function chanceToBeLonger(some, others) {
  const wins = some.flatMap((one) => others.map((other) => (one === other ? 1 / 2 : Number(one > other))));
  return rounded(wins.reduce((sum, win) => sum + win, 0) / wins.length);
}

function shuffled(list) {
  for (let last = list.length - 1; last > 0; last--) {
    const at = randomInt(last + 1);
    [list[at], list[last]] = [list[last], list[at]];
  }
  return list;
}
