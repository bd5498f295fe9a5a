// The table of rows: searched, filtered, sorted and shown page by page.

const pageSize = 50;
const groupsAtMost = 5000; // in the list to choose from

const $ = (id) => document.getElementById(id);
const number = (n) => n.toLocaleString('en');

// readRows takes the data block apart: the columns' names, then words and rows.
// A number in place of a text is the place of a word.
function readRows() {
  const words = [];
  const text = (v) => (typeof v === 'number' ? words[v] : v);
  const rows = [];
  const records = JSON.parse($('data').textContent);
  records.shift();
  for (const record of records) {
    if (typeof record === 'string') {
      words.push(record);
      continue;
    }
    const [line, email, name, verdict, contact, groups, code, message, nextStep, time] = record;
    rows.push({
      line, email, name, time,
      verdict: text(verdict),
      contact: text(contact),
      groups: groups.map((group) => {
        const [label, member, senders, code, message, nextStep] = group.map(text);
        return { label, member, senders, code, message, nextStep };
      }),
      code: text(code),
      message: text(message),
      nextStep: text(nextStep),
    });
  }
  return rows;
}

const rows = readRows();
const form = $('filters');
const verdicts = [...form.querySelectorAll('[name=verdict]')];
const headers = [...document.querySelectorAll('th[data-sort]')];

// What is shown: the rows that were found, in their order, and the page.
const shown = { sort: 'line', descending: false, found: [], page: 0 };

// Sorting. The order by a column is found once; filters keep it.

const verdictOrder = verdicts.map((box) => box.value);
const sortKeys = {
  line: (row) => row.line,
  person: (row) => (row.name || row.email).toLowerCase(),
  verdict: (row) => verdictOrder.indexOf(row.verdict),
  groups: (row) => (row.groups.length ? row.groups[0].label.toLowerCase() : ''),
  message: (row) => row.message,
  time: (row) => row.time,
};
const orders = new Map();

function ordered(column) {
  if (!orders.has(column)) {
    const keys = rows.map(sortKeys[column]);
    const order = rows.map((_, i) => i);
    order.sort((a, b) => (keys[a] < keys[b] ? -1 : keys[a] > keys[b] ? 1 : a - b));
    orders.set(column, order.map((i) => rows[i]));
  }
  return orders.get(column);
}

// Searching. All words must be somewhere in the row.

function searchable(row) {
  row.searchable ??= [
    row.line, row.email, row.name, row.verdict, row.contact, row.code, row.message, row.nextStep,
    ...row.groups.flatMap(Object.values),
  ].join('\n').toLowerCase();
  return row.searchable;
}

function find() {
  const words = $('search').value.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = new Set(verdicts.filter((box) => box.checked).map((box) => box.value));
  const group = $('group').value;
  const found = ordered(shown.sort).filter((row) =>
    (wanted.size === 0 || wanted.has(row.verdict)) &&
    (group === '' || row.groups.some((g) => g.label === group)) &&
    words.every((word) => searchable(row).includes(word)));
  shown.found = shown.descending ? found.reverse() : found;
  turnTo(0);
}

// Showing. Texts come from the input and the tenant, and are never markup.

function element(name, className, ...children) {
  const e = document.createElement(name);
  if (className) e.className = className;
  e.append(...children.filter((child) => child !== '' && child !== undefined));
  return e;
}

function cell(label, ...children) {
  const td = element('td', '', ...children);
  td.dataset.label = label;
  td.setAttribute('role', 'cell');
  return td;
}

const sendersTexts = {
  opened: 'opened to mail from outside',
  listed: 'takes mail from listed senders only',
  closed: 'closed to mail from outside',
  failed: 'not opened to mail from outside',
};

// An address that is too long for its line breaks at its @.
function address(text) {
  return text.split(/(?=@)/).flatMap((part, i) => (i === 0 ? [part] : [element('wbr'), part]));
}

function groupItem(group) {
  const done = [group.member, sendersTexts[group.senders]].filter(Boolean).join(', ');
  return element('li', '', element('bdi', '', ...address(group.label)), element('span', 'soft', done), ...told(group));
}

function told({ code, message, nextStep }) {
  return [
    message && element('bdi', '', message),
    nextStep && element('div', 'soft', nextStep),
    code && element('code', 'soft', code),
  ].filter(Boolean);
}

function duration(ms) {
  return ms < 1000 ? `${ms} ms` : `${number(Math.round(ms / 100) / 10)} s`;
}

function tableRow(row) {
  const tr = element('tr', '',
    cell('Line', String(row.line)),
    cell('Person', row.name && element('bdi', '', row.name), element('bdi', row.name && 'soft', ...address(row.email))),
    cell('Verdict', element('span', `verdict ${row.verdict}`, row.verdict),
      row.contact && element('div', 'soft', `contact ${row.contact}`)),
    cell('Groups', row.groups.length ? element('ul', '', ...row.groups.map(groupItem)) : ''),
    cell('Message', ...told(row)),
    cell('Time', duration(row.time)));
  tr.setAttribute('role', 'row');
  return tr;
}

function turnTo(page) {
  const { found } = shown;
  const pages = Math.max(1, Math.ceil(found.length / pageSize));
  shown.page = Math.min(Math.max(page, 0), pages - 1);
  const first = shown.page * pageSize;
  const visible = found.slice(first, first + pageSize);

  $('table').tBodies[0].replaceChildren(...visible.map(tableRow));
  $('table').hidden = found.length === 0;
  $('pages').hidden = pages === 1;
  $('page').value = shown.page + 1;
  $('page').max = pages;
  $('page-count').textContent = `of ${number(pages)}`;
  $('previous').disabled = shown.page === 0;
  $('next').disabled = shown.page === pages - 1;
  $('found').textContent = foundText(first, visible.length);
}

function foundText(first, visible) {
  const { found } = shown;
  if (found.length === 0) return rows.length === 0 ? 'There are no rows.' : 'No row matches.';
  const of = found.length === rows.length ? '' : ` found, of ${number(rows.length)} in all`;
  return `Rows ${number(first + 1)} to ${number(first + visible)} of ${number(found.length)}${of}`;
}

function sortBy(column) {
  shown.descending = shown.sort === column && !shown.descending;
  shown.sort = column;
  markSorted();
  find();
}

function markSorted() {
  for (const th of headers) {
    const direction = shown.descending ? 'descending' : 'ascending';
    th.setAttribute('aria-sort', th.dataset.sort === shown.sort ? direction : 'none');
  }
}

// The groups to choose from, those with the most rows if there are too many.
function listGroups() {
  const counts = new Map();
  for (const row of rows) {
    for (const label of new Set(row.groups.map((g) => g.label))) {
      counts.set(label, (counts.get(label) ?? 0) + 1);
    }
  }
  const most = [...counts].sort((a, b) => b[1] - a[1]).slice(0, groupsAtMost);
  most.sort((a, b) => (a[0].toLowerCase() < b[0].toLowerCase() ? -1 : 1));
  $('group').append(...most.map(([label, n]) => new Option(`${label} (${number(n)})`, label)));
}

function searchFor(text) {
  form.reset();
  $('search').value = text;
  find();
  $('rows').scrollIntoView();
  $('search').focus({ preventScroll: true });
}

function turnAndScroll(page) {
  turnTo(page);
  $('table').scrollIntoView();
}

form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('input', find);
$('clear').addEventListener('click', () => searchFor(''));
for (const th of headers) {
  th.querySelector('button').addEventListener('click', () => sortBy(th.dataset.sort));
}
$('previous').addEventListener('click', () => turnAndScroll(shown.page - 1));
$('next').addEventListener('click', () => turnAndScroll(shown.page + 1));
$('page').addEventListener('change', () => turnAndScroll($('page').valueAsNumber - 1 || 0));
for (const button of document.querySelectorAll('[data-search]')) {
  button.addEventListener('click', () => searchFor(button.dataset.search));
  button.hidden = false;
}

markSorted();
find();
form.hidden = false;
$('scriptless').hidden = true;
setTimeout(listGroups); // when the rows are on the screen
