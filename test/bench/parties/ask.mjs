/** A request with a JSON body; anything but a 2xx is an error. Resolves to the answer's headers and body. */
export async function ask(url, { method = 'POST', headers = {}, body }) {
  const answer = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${url} was answered with ${answer.status}: ${text}`);
  return { headers: answer.headers, body: JSON.parse(text) };
}
