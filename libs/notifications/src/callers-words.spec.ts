import type { Requester } from '@app/contracts';
import { composeMail } from './compose-mail';
import { changeOf, OLD, passwordChanged, SENDER } from './mail-examples';

describe('what a caller sent', () => {
  const compose = (requester: Partial<Requester>) =>
    composeMail(changeOf([passwordChanged()], requester), { target: OLD, secret: null }, SENDER);

  it('[S-115] is text in the HTML part and never run as a template', () => {
    const { html, text } = compose({ userAgent: '<img src=x onerror="alert(1)">', device: "{{7*7}} <%= 7*7 %> & 'co" });
    expect(html).toContain('Program: &lt;img src=x onerror=&quot;alert(1)&quot;&gt;');
    expect(html).not.toContain('<img');
    expect(html).toContain('Device: {{7*7}} &lt;%= 7*7 %&gt; &amp; &#39;co');
    expect(text).toContain('Program: <img src=x onerror="alert(1)">');
  });

  it('[S-58] adds no line, whatever control, bidi or line-end characters it holds', () => {
    const plain = compose({ userAgent: 'a b' });
    const { text, html } = compose({ userAgent: '\u0000a\r\n\r\nBcc: x@evil.example\u2028\u202Eb\uD800\u200B\n' });
    expect(text).toContain('Program: a Bcc: x evil example b\n');
    expect(text.split('\n')).toHaveLength(plain.text.split('\n').length);
    expect(html.split('\n')).toHaveLength(plain.html.split('\n').length);
  });

  it.each([
    ['see https://evil2.example/.1 now', 'see https evil2 example/ 1 now'],
    ['mail help@evil.example', 'mail help evil example'],
    ['www。evil．example ｗｗｗ。ｅｖｉｌ。com', 'www evil example www evil com'],
    ['curl/8.14.1 (Mac OS 13.3)', 'curl/8.14.1 (Mac OS 13.3)'],
  ])('[S-115] is no link: %j', (words, shown) => {
    const { text } = compose({ userAgent: words, device: words });
    expect(text).toContain(`Device: ${shown}\nProgram: ${shown}\n`);
  });

  it('is cut to 200 characters, none of them in half', () => {
    const { text } = compose({ userAgent: '💥'.repeat(201) });
    expect(text).toContain(`Program: ${'💥'.repeat(200)}\n`);
  });

  it.each([
    [{ kind: 'service', clientId: 'c-1', name: 'help<desk>' } as const, 'By: the service &quot;help&lt;desk&gt;&quot;'],
    [{ kind: 'system' } as const, 'By: this system itself'],
    [{ kind: 'anonymous' } as const, 'By: somebody who was not signed in'],
  ])('names an asker %j that is not the person', (actor, line) => {
    expect(compose({ actor }).html.replaceAll('"', '&quot;')).toContain(line);
  });

  it('leaves out what is not known', () => {
    const { text } = compose({ ip: null, userAgent: null, device: null });
    expect(text).not.toMatch(/Device|Program|Network/);
  });
});
