/** @file HTML that cannot be injected into: everything put into a template is escaped unless it is HTML already. */

/** Text that is known to be HTML. Only `html` makes it. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template takes. Null, undefined and false stand for nothing. */
export type HtmlPart = Html | string | number | null | undefined | false | readonly HtmlPart[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes text for element content and for quoted attributes. Control characters, which HTML forbids, become spaces. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, keepBreaks).replaceAll(/[&<>"']/g, (each) => entities[each] ?? each);
}

function keepBreaks(control: string): string {
  return control === '\n' || control === '\t' ? control : ' ';
}

/** A template of HTML. */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return new Html(strings.reduce((text, string, at) => text + render(parts[at - 1]) + string));
}

function render(part: HtmlPart): string {
  if (part === null || part === undefined || part === false) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(render).join('');
  return escapeHtml(String(part));
}
