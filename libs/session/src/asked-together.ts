import DataLoader from 'dataloader';

/**
 * Questions to the database that are asked together share one query. Each joins only a query that was not sent yet:
 * with a cache, or by joining one in flight, what has ended could pass after the answer to its end.
 * `answer` gives one result a question, in their order.
 */
export function askedTogether<Question, Answer>(
  answer: (questions: readonly Question[]) => Promise<Answer[]>,
): (question: Question) => Promise<Answer> {
  const loader = new DataLoader(answer, {
    cache: false,
    batchScheduleFn: (send) => setImmediate(send),
    maxBatchSize: 500,
  });
  return (question) => loader.load(question);
}
