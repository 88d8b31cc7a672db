import { AsyncLocalStorage } from 'node:async_hooks';

/** Set while a unit of work runs. A guard only: nothing finds its transaction through it. */
export const insideUnitOfWork = new AsyncLocalStorage<true>();
