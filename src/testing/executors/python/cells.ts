/**
 * Python for every executor: turns a notebook cell into plain Python. Magics become calls of `get_ipython()`, as in
 * IPython, and every line keeps its number. Python's own tokenizer finds the start of each statement.
 */
export const cells = `
import re, tokenize

_help = re.compile(r'\\s*(?:\\?{1,2}\\s*[%\\w.*]+|[%\\w.*\\[\\]]+\\?{1,2})\\s*;?\\s*$')

def _source(cell):
    source = cell.get('source', cell.get('input')) or ''
    source = source if isinstance(source, str) else ''.join(source)
    return source.replace('\\r\\n', '\\n').replace('\\r', '\\n')

def _statement(lines, start):
    """The end of the statement that starts in a line, and the column of a magic that is assigned in that line, if any."""
    position, depth, before = start, 0, ''
    def read():
        nonlocal position
        position += 1
        return lines[position - 1] if position <= len(lines) else ''
    try:
        for token in tokenize.generate_tokens(read):
            if token.type == tokenize.NEWLINE:
                return start + token.end[0], None
            depth += (token.string in '([{') - (token.string in ')]}') if token.type == tokenize.OP else 0
            if before == '=' and token.string in ('!', '%') and depth == 0 and token.start[0] == 1:
                return start + 1, token.start[1]
            before = token.string.strip() or before
    except (SyntaxError, tokenize.TokenError):
        pass
    # A syntax error: Python reports it when the cell is compiled.
    return len(lines), None

def _magic(text):
    """A magic or a shell command, without indentation, as Python."""
    text = text.strip()
    if text.startswith('!'):
        return 'get_ipython().system(%r)' % text.lstrip('!').strip()
    if text.startswith('%'):
        name, _, line = text[1:].partition(' ')
        return 'get_ipython().run_line_magic(%r, %r)' % (name, line.strip())
    return 'get_ipython().run_line_magic(%r, %r)' % ('pinfo', text.strip(';? '))

def plain_python(source):
    # Not splitlines(): it also splits at characters that may stand inside of a line of Python.
    lines = re.findall('[^\\n]*\\n|[^\\n]+', source)
    first = next((line for line in lines if line.strip()), '')
    if first.startswith('%%'):
        at = lines.index(first)
        name, _, line = first[2:].strip().partition(' ')
        return '\\n' * at + 'get_ipython().run_cell_magic(%r, %r, %r)' % (name, line.strip(), ''.join(lines[at + 1:]))
    indent = first[:len(first) - len(first.lstrip())]
    lines = [line[len(indent):] if indent and line.startswith(indent) else line for line in lines]
    done, at = [], 0
    while at < len(lines):
        line = lines[at]
        if line.lstrip()[:1] in ('', '#'):
            done.append(line)
            at += 1
            continue
        begin, end = line[:len(line) - len(line.lstrip())], at + 1
        if line.lstrip().startswith(('!', '%')) or _help.match(line):
            column = len(begin)
        else:
            end, column = _statement(lines, at)
        if column is None:
            done += lines[at:end]
        else:
            while end < len(lines) and lines[end - 1].rstrip().endswith('\\\\'):
                end += 1
            joined = ' '.join(part.strip().rstrip('\\\\').strip() for part in [line[column:], *lines[at + 1:end]])
            code = _magic(joined)
            if column > len(begin):
                code = line[:column] + code.replace('.system(', '.getoutput(', 1)
                begin = ''
            done.append(begin + code + '\\n' * (end - at))
        at = end
    return ''.join(done)
`;
