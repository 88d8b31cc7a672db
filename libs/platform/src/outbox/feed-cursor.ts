import { DomainError } from '@app/contracts';

/** Up to where a reader has read: an event, by its change and its index within. */
export interface FeedCursor {
  /** The change's place in the feed, a whole number. */
  position: string;
  index: number;
  /** Tells the change from one that took its place after a restore from a backup. */
  changeId: string;
}

/** Before everything. */
export const FEED_START: FeedCursor = { position: '0', index: 0, changeId: '00000000-0000-0000-0000-000000000000' };

const SHAPE = /^(0|[1-9]\d{0,17})\.(\d{1,4})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** Opaque to those who get it. */
export function writeCursor({ position, index, changeId }: FeedCursor): string {
  return Buffer.from(`${position}.${index}.${changeId}`).toString('base64url');
}

/** @throws DomainError `event-cursor.invalid` for what `writeCursor` has not written */
export function readCursor(text: string): FeedCursor {
  const [, position = '', index = '', changeId = ''] = SHAPE.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  const cursor = { position, index: Number(index), changeId };
  if (position === '' || writeCursor(cursor) !== text) throw new DomainError('event-cursor.invalid');
  return cursor;
}
