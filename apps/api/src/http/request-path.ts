/**
 * The path of a request target as the router reads it: decoded but for reserved characters, without its query.
 * `/` for a target in another form, which nothing but an error answers.
 */
export function pathOf(target = '/'): string {
  const path = target.split(/[?#]/, 1)[0] ?? '';
  if (!path.startsWith('/')) return '/';
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}
