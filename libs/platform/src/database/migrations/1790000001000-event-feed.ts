import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The place of a change in the event feed, given after its commit: docs/adr/0009-event-feed.md. */
export class EventFeed1790000001000 implements MigrationInterface {
  name = 'EventFeed1790000001000';

  async up(runner: QueryRunner): Promise<void> {
    // 0: nothing in it is for the feed. NULL, not placed yet, must stay rare among all rows: only then does the
    // planner find what is unplaced by its index.
    await runner.query('ALTER TABLE outbox_message ADD COLUMN feed_position bigint CHECK (feed_position >= 0)');
    await runner.query(
      'CREATE UNIQUE INDEX outbox_message_feed ON outbox_message (feed_position) WHERE feed_position > 0',
    );
    await runner.query('CREATE INDEX outbox_message_unplaced ON outbox_message (sequence) WHERE feed_position IS NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE outbox_message DROP COLUMN feed_position');
  }
}
