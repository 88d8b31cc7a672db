/** Makes this process do one job: what `work` resolves to goes back to the one that sent it. */
export function onJob(work) {
  process.once('message', async (job) => {
    try {
      process.send({ result: await work(job) });
    } catch (error) {
      process.send({ error: error.stack });
    }
  });
}
