'use strict';
(() => {
  const root = document.documentElement;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const button = document.getElementById('theme');
  const isDark = () => root.dataset.theme ? root.dataset.theme === 'dark' : dark.matches;
  // The button names what it changes to.
  const label = () => { button.textContent = isDark() ? 'Light' : 'Dark'; button.setAttribute('aria-label', `Change to ${isDark() ? 'light' : 'dark'} colours`); };
  button.addEventListener('click', () => { root.dataset.theme = isDark() ? 'light' : 'dark'; label(); });
  dark.addEventListener('change', label);
  label();

  const figures = document.getElementById('figures').textContent;
  document.getElementById('download').href = URL.createObjectURL(new Blob([figures], { type: 'application/json' }));
  document.querySelector('.tools').hidden = false;
})();
