import type { Locale } from '@app/contracts';
import { en } from './en';
import type { PageTexts } from './page-texts';
import { zh } from './zh';

export const TEXTS: Record<Locale, PageTexts> = { en, zh };
