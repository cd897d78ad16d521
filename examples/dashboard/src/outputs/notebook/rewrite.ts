/** Elements that may remain. The content of others does, too, but for those of `dropped`. */
const allowed = new Set(
  `a abbr b bdi bdo blockquote br caption center cite code col colgroup dd del details dfn div dl dt em figcaption figure h1 h2 h3
  h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strong sub summary sup table tbody td tfoot th thead
  time tr tt u ul var wbr`.split(/\s+/),
);

/** Elements whose content is code, or would be shown in another way. */
const dropped = new Set(
  'script style iframe noembed noframes noscript xmp textarea title plaintext template svg math object select'.split(
    ' ',
  ),
);

const empty = new Set(['br', 'col', 'hr', 'img', 'wbr']);

/** Attributes that may remain on any allowed element; addresses are checked apart. */
const attributes = new Set(
  'align alt colspan dir headers height lang open rowspan scope span start title width'.split(' '),
);

/** Names for the other line of defense, DOMPurify, which gets exactly what `rewriteHtml` writes. */
export const allowedTags: readonly string[] = [...allowed];
export const allowedAttributes: readonly string[] = [...attributes, 'href', 'src', 'target', 'rel'];

/** These compare undecoded text: an address with entities in its scheme is refused. */
const webAddress = /^https?:\/\//i;
const embeddedImage = /^data:image\/(?:png|jpeg|gif|webp|avif|bmp|svg\+xml)[;,]/i;

/** A start or end tag, parsed as the HTML standard says. Values are undecoded. */
interface Tag {
  readonly name: string;
  readonly values: ReadonlyMap<string, string>;
  /** Position after the tag. */
  readonly end: number;
}

const isSpace = (character: string | undefined): boolean => character !== undefined && /[\t\n\f\r ]/.test(character);

/** Parses the tag whose name begins at `start`. `undefined` if the text ends first: then there is no tag. */
function parseTag(html: string, start: number): Tag | undefined {
  let at = start;
  const upTo = (end: RegExp): string => {
    end.lastIndex = at;
    const found = end.exec(html);
    const text = html.slice(at, found ? found.index : html.length);
    at += text.length;
    return text;
  };
  const name = upTo(/[\t\n\f\r />]/g).toLowerCase();
  const values = new Map<string, string>();
  for (;;) {
    while (isSpace(html[at]) || html[at] === '/') at++;
    if (at >= html.length) return undefined;
    if (html[at] === '>') return { name, values, end: at + 1 };
    const first = html[at++]!;
    const attribute = (first + upTo(/[\t\n\f\r />=]/g)).toLowerCase();
    while (isSpace(html[at])) at++;
    let value = '';
    if (html[at] === '=') {
      at++;
      while (isSpace(html[at])) at++;
      const quote = html[at];
      if (quote === '"' || quote === "'") {
        at++;
        value = upTo(quote === '"' ? /"/g : /'/g);
        at++;
      } else value = upTo(/[\t\n\f\r >]/g);
    }
    if (!values.has(attribute)) values.set(attribute, value);
  }
}

/** Text between tags: entities stay, so that they are not decoded twice. */
const escapeText = (text: string): string => text.replaceAll('\0', '').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const escapeValue = (value: string): string => escapeText(value).replaceAll('"', '&quot;');

function writeStartTag({ name, values }: Tag): string {
  const kept = [...values].filter(([attribute]) => attributes.has(attribute));
  const address = values.get(name === 'a' ? 'href' : 'src')?.trim() ?? '';
  if (name === 'a' && webAddress.test(address)) {
    kept.push(['href', address], ['target', '_blank'], ['rel', 'noopener noreferrer nofollow']);
  } else if (name === 'img') {
    if (!embeddedImage.test(address)) {
      const description = [values.get('alt'), address.slice(0, 200)].filter(Boolean).join(', ');
      return `<code>[image not loaded: ${escapeText(description || 'no address')}]</code>`;
    }
    kept.push(['src', address]);
  }
  return `<${name}${kept.map(([attribute, value]) => ` ${attribute}="${escapeValue(value)}"`).join('')}>`;
}

/** Position after a comment that begins at `start`, or after another declaration. */
function endOfComment(html: string, start: number): number {
  const isComment = html.startsWith('<!--', start);
  if (/^<!---?>/.test(html.slice(start, start + 6))) return html.indexOf('>', start) + 1;
  const end = isComment ? /--!?>/g : />/g;
  end.lastIndex = start + (isComment ? 4 : 1);
  return end.exec(html) ? end.lastIndex : html.length;
}

/** Position after the element `name` whose content begins at `start`. */
function endOfDropped(html: string, name: string, start: number): number {
  if (name === 'plaintext') return html.length;
  const close = new RegExp(`</${name}(?=[\\t\\n\\f\\r />])`, 'gi');
  close.lastIndex = start;
  const found = close.exec(html);
  return (found && parseTag(html, found.index + 2)?.end) ?? html.length;
}

/**
 * Writes HTML again with nothing but text, tables, lists, web links and embedded images. The result has only the tags and attributes
 * that are listed here, all quoted, so a parser finds no others in it: nothing that runs, loads, navigates or restyles.
 */
export function rewriteHtml(html: string): string {
  let result = '';
  for (let at = 0; at < html.length; ) {
    const open = html.indexOf('<', at);
    result += escapeText(html.slice(at, open < 0 ? html.length : open));
    if (open < 0) break;
    const isEnd = html[open + 1] === '/';
    if (/[a-z]/i.test(html[open + (isEnd ? 2 : 1)] ?? '')) {
      const tag = parseTag(html, open + (isEnd ? 2 : 1));
      if (!tag) break;
      at = tag.end;
      if (!isEnd && dropped.has(tag.name)) at = endOfDropped(html, tag.name, at);
      else if (allowed.has(tag.name)) {
        if (!isEnd) result += writeStartTag(tag);
        else if (!empty.has(tag.name)) result += `</${tag.name}>`;
      }
    } else if (isEnd || html[open + 1] === '!' || html[open + 1] === '?') at = endOfComment(html, open);
    else {
      result += '&lt;';
      at = open + 1;
    }
  }
  return result;
}
