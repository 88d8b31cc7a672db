const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A UUID may come in either case (RFC 9562, 4) and is one id all the same; any other text stays as it is. */
export const canonicalId = (id: string): string => (UUID.test(id) ? id.toLowerCase() : id);
