/**
 * Takes each measurement once a round, one after another, so that a slow minute of the machine meets all of them.
 * Resolves to the median of each by its name; `samples` has them all.
 */
export async function interleaved(rounds, measurements) {
  const samples = Object.fromEntries(Object.keys(measurements).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, measure] of Object.entries(measurements)) samples[name].push(await measure());
  }
  const medians = Object.entries(samples).map(([name, values]) => [name, median(values)]);
  return { ...Object.fromEntries(medians), samples };
}

export function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
