const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Asked of every id that comes from outside, before PostgreSQL meets it: of another text it makes an error. */
export const isUuid = (text: unknown): text is string => typeof text === 'string' && UUID.test(text);
