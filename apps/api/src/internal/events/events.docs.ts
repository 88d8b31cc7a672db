import { getSchemaPath, type SchemaObject } from '@nestjs/swagger';
import { ActorDto, CauseDto } from './cause.dto';
import { EVENT_DATA } from './event-data.dto';

/** What the schemas refer to. */
export const EVENT_SHAPES = [ActorDto, CauseDto, ...new Set(Object.values(EVENT_DATA))];

/** One for each name, so that whoever knows the name of an event knows its data. */
export const EVENT_SCHEMAS: SchemaObject[] = Object.entries(EVENT_DATA).map(([name, data]) => {
  const properties: SchemaObject['properties'] = {
    id: {
      type: 'string',
      description: 'The same whenever it is read again. Events of one change share what stands before the dot.',
      example: '2f6dfb0e-8d0c-4f2c-9b57-1f4b5a3f9c11.0',
    },
    cursor: { type: 'string', description: 'As `after`, it goes on behind this event.' },
    at: {
      type: 'string',
      format: 'date-time',
      description: 'When the change began. The order of the feed is that of commits, which may differ.',
    },
    name: { type: 'string', enum: [name] },
    actor: { $ref: getSchemaPath(ActorDto) },
    cause: { $ref: getSchemaPath(CauseDto) },
    data: { $ref: getSchemaPath(data) },
  };
  return { type: 'object', title: name, properties, required: Object.keys(properties), additionalProperties: false };
});
