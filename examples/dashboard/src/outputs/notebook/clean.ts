import DOMPurify from 'dompurify';
import type { Clean } from './html.ts';
import { allowedAttributes, allowedTags, rewriteHtml } from './rewrite.ts';

/**
 * Cleans HTML of a notebook twice. What is not allowed is gone before the browser parses it, as even parsing reports styles to the
 * policy of the page; DOMPurify then checks what the browser sees, and closes what is open.
 */
export const clean: Clean = (html) =>
  DOMPurify.sanitize(rewriteHtml(html), {
    ALLOWED_TAGS: [...allowedTags],
    ALLOWED_ATTR: [...allowedAttributes],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    // Otherwise, the pattern for addresses holds for all attributes.
    ADD_URI_SAFE_ATTR: allowedAttributes.filter((name) => name !== 'href' && name !== 'src'),
    ALLOWED_URI_REGEXP: /^(?:https?:|data:image\/)/i,
  });
