import { Init1790000000000 } from './1790000000000-init';

/** In the order they run. One that has landed is never edited. */
export const MIGRATIONS = [Init1790000000000];
