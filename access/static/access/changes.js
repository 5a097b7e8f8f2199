// Before a form is saved: every field whose value is another one, as it is and as it would be.

const place = document.getElementById('changes');
const form = place?.closest('form');
const SECRET = /password|csrfmiddlewaretoken|^reason$/;

function fields() {
  return [...form.elements].filter(
    (one) => one.name && one.type !== 'hidden' && one.type !== 'submit' && !SECRET.test(one.name)
      && !one.id.endsWith('_from'),
  );
}

function words(field) {
  if (field.type === 'checkbox') return field.checked ? 'yes' : 'no';
  if (!field.multiple) return field.value;
  const chosen = field.id.endsWith('_to') ? [...field.options] : [...field.selectedOptions];
  return chosen.map((option) => option.text).sort().join('\n');
}

function label(field) {
  const id = field.id.replace(/_to$/, '');
  const found = document.querySelector(`label[for="${CSS.escape(id)}"]`);
  return (found?.textContent ?? field.name).replace('*', '').trim();
}

function row(name, was, is) {
  const line = document.createElement('tr');
  line.className = 'changed';
  for (const [tag, kind, text] of [['th', '', name], ['td', 'was', was], ['td', 'is', is]]) {
    const cell = document.createElement(tag);
    cell.className = kind;
    cell.textContent = text || '–';
    line.append(cell);
  }
  line.firstChild.scope = 'row';
  return line;
}

function follow() {
  const was = new Map(fields().map((field) => [field.name, words(field)]));
  const show = () => {
    const changed = fields().filter((field) => was.has(field.name) && was.get(field.name) !== words(field));
    place.hidden = changed.length === 0;
    const rows = changed.map((field) => row(label(field), was.get(field.name), words(field)));
    place.querySelector('tbody').replaceChildren(...rows);
  };
  form.addEventListener('input', show);
  form.addEventListener('change', show);
  form.addEventListener('click', () => setTimeout(show)); // lists of choices are moved by buttons
}

if (form) window.addEventListener('load', () => setTimeout(follow)); // after the fields of lists were made
