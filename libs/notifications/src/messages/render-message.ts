import { join } from 'node:path';
import { Eta } from 'eta';
import type { Locale } from '@app/contracts';
import type { Facts } from './facts';
import { plainText } from './plain-text';
import type { Section } from './sections';

/** `views` is read from disk beside the compiled code: the build copies the templates there. */
const ETA = { views: join(__dirname, 'templates'), cache: true, autoTrim: false } as const;
const escapeXml = new Eta().config.escapeFunction;

interface Format {
  layout: string;
  eta: Eta;
  /** For templates, beside their data. */
  link(this: void, label: string, url: string): string;
  strong(this: void, text: string): string;
}

const TEXT: Format = {
  layout: 'layout.txt.eta',
  eta: new Eta({ ...ETA, escapeFunction: plainText }),
  link: (label, url) => `${label}:\n${url}`,
  strong: plainText,
};

const escapeHtml = (value: unknown): string => escapeXml(plainText(value));
const HTML: Format = {
  layout: 'layout.html.eta',
  eta: new Eta({ ...ETA, escapeFunction: escapeHtml }),
  link: (label, url) => `<a href="${escapeXml(url)}">${escapeXml(label)}</a>`,
  strong: (text) => `<strong>${escapeHtml(text)}</strong>`,
};

interface Message {
  locale: Locale;
  sections: readonly Section[];
  facts: Facts;
}

/** Whatever a template shows is one printable line, escaped for where it stands. Subjects are the templates' own words. */
export function renderMessage(message: Message): { subject: string; text: string; html: string } {
  const subject = renderSections(message, TEXT)
    .map(({ title }) => title)
    .join(' · ');
  return { subject, text: renderLayout(message, TEXT, subject), html: renderLayout(message, HTML, subject) };
}

function renderLayout(message: Message, format: Format, subject: string): string {
  const { locale, facts } = message;
  return format.eta.render(format.layout, {
    locale,
    subject,
    sections: renderSections(message, format),
    facts: format.eta.render(`${locale}/facts`, facts).trim(),
    footer: format.eta.render(`${locale}/footer`, {}).trim(),
  });
}

/** The first paragraph of a template is its title. */
function renderSections(
  { locale, sections }: Message,
  { eta, link, strong }: Format,
): { title: string; paragraphs: string[] }[] {
  return sections.map(({ template, data }) => {
    const [title = '', ...paragraphs] = eta
      .render(`${locale}/${template}`, { ...data, link, strong })
      .trim()
      .split(/\n{2,}/);
    return { title, paragraphs };
  });
}
