// What Unfold's expressions reach for, as named components: the build of Alpine that we use evaluates no strings.

const SIDEBAR = 'sidebarDesktopOpen';

/** Whether a key belongs to a text that somebody writes just now. */
function isWriting() {
  const element = document.activeElement;
  return !!element && (element.matches('input, textarea, select') || element.isContentEditable);
}

function operatorPage() {
  return {
    activeTab: 'general',
    sidebarMobileOpen: false,
    sidebarDesktopOpen: localStorage.getItem(SIDEBAR) !== '0',
    toggleSidebar() {
      this.sidebarDesktopOpen = !this.sidebarDesktopOpen;
      localStorage.setItem(SIDEBAR, this.sidebarDesktopOpen ? '1' : '0');
    },
  };
}

document.addEventListener('alpine:init', () => {
  const { Alpine } = window;
  Alpine.data('theme', () => window.theme());
  Alpine.data('operatorPage', operatorPage);
  Alpine.data('searchForm', () => ({ applyShortcut() {} })); // "/" is the search box's of all pages
});

document.addEventListener('keydown', (event) => {
  const box = document.getElementById('search-everything');
  const isShortcut = event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey && !isWriting();
  const isPalette = event.key === 'k' && (event.ctrlKey || event.metaKey);
  if (!box || !(isShortcut || isPalette)) return;
  event.preventDefault();
  box.focus();
  box.select();
});

/** Of what is chosen from a list the order means nothing. */
const inOrder = (values, isMultiple) => (isMultiple ? values.split(',').sort().join(',') : values);

function asSent(input) {
  if (input.type === 'checkbox') return input.checked ? 'True' : 'False';
  if (!input.multiple) return input.value;
  return inOrder([...input.selectedOptions].map((option) => option.value).join(','), true);
}

/** Marks the fields of a deed whose new value is not the present one. */
function markChanges() {
  for (const place of document.querySelectorAll('.deed-field[data-present]')) {
    const input = place.querySelector('input, select, textarea');
    if (!input) continue;
    place.classList.toggle('changes', asSent(input) !== inOrder(place.dataset.present, input.multiple));
  }
}

document.addEventListener('DOMContentLoaded', markChanges);
document.addEventListener('input', markChanges);

// A board that cannot be refreshed says so, and is again as it was when it can.
const board = () => document.getElementById('board');
for (const failure of ['htmx:responseError', 'htmx:sendError', 'htmx:timeout']) {
  document.addEventListener(failure, () => board()?.classList.add('stale'));
}
document.addEventListener('htmx:afterSwap', ({ target }) => target.id === 'board' && target.classList.remove('stale'));
