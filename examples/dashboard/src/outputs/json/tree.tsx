import { useState } from 'preact/hooks';
import { Icon } from '../../ui/icon.tsx';
import { formatCount } from '../files/counts.ts';
import { visibleName } from '../files/names.ts';
import { type JsonNode, summarize } from './nodes.ts';

/** Members that are rendered at a time. */
const membersAtOnce = 100;

/** Length of a text that is shown in its line; the rest on demand. */
const longestText = 500;

type Container = Extract<JsonNode, { type: 'object' | 'array' }>;

const isContainer = (node: JsonNode): node is Container => node.type === 'object' || node.type === 'array';
const countOf = (node: Container): number => (node.type === 'array' ? node.items.length : node.entries.length);

function Scalar({ node }: { node: Exclude<JsonNode, Container> }) {
  const [all, setAll] = useState(false);
  if (node.type !== 'string') return <span class={`json-${node.type}`}>{node.text}</span>;
  const isLong = node.text.length > longestText && !all;
  return (
    <span class="json-string">
      {JSON.stringify(isLong ? node.text.slice(0, longestText) : node.text.slice(0, 100_000))}
      {isLong && (
        <button type="button" class="json-more" onClick={() => setAll(true)}>
          {formatCount(node.text.length - longestText)} more characters
        </button>
      )}
    </span>
  );
}

function Name({ name }: { name: string | number | undefined }) {
  if (name === undefined) return null;
  return typeof name === 'number' ? (
    <span class="json-index">{name}: </span>
  ) : (
    <span class="json-name">
      <bdi>{visibleName(name).slice(0, 300) || '""'}</bdi>:{' '}
    </span>
  );
}

function Members({ node, depth }: { node: Container; depth: number }) {
  const [shown, setShown] = useState(membersAtOnce);
  const count = countOf(node);
  const members =
    node.type === 'array'
      ? node.items.slice(0, shown).map((item, index) => [index, item] as const)
      : node.entries.slice(0, shown);
  return (
    <ul>
      {members.map(([name, child], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: names can repeat
        <li key={index}>
          <Node node={child} name={name} depth={depth + 1} />
        </li>
      ))}
      {count > shown && (
        <li>
          <button type="button" class="json-more" onClick={() => setShown(shown + 10 * membersAtOnce)}>
            {formatCount(count - shown)} more
          </button>
        </li>
      )}
      {!node.complete && count <= shown && <li class="muted small">more in the part of the file that was not read</li>}
    </ul>
  );
}

function Node({ node, name, depth }: { node: JsonNode; name?: string | number; depth: number }) {
  const [open, setOpen] = useState(depth < 1 || (depth < 2 && isContainer(node) && countOf(node) <= 8));
  if (!isContainer(node)) {
    return (
      <div class="json-line">
        <Name name={name} />
        <Scalar node={node} />
      </div>
    );
  }
  return (
    <>
      <button type="button" class="json-line json-toggle" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={open ? 'down' : 'right'} size={14} />
        <Name name={name} />
        <span class="muted">
          {open ? `${formatCount(countOf(node))} ${node.type === 'array' ? 'items' : 'members'}` : summarize(node, 90)}
        </span>
      </button>
      {open && <Members node={node} depth={depth} />}
    </>
  );
}

/** A tree of values. Containers are rendered when they are opened, 100 members at a time. */
export function JsonTree({ root }: { root: JsonNode }) {
  return (
    <div class="json-tree mono">
      <Node node={root} depth={0} />
    </div>
  );
}
