/** The default theme with the fonts of the system, and the notice below each page. */
import { useData } from 'vitepress';
import Theme from 'vitepress/theme-without-fonts';
import { h } from 'vue';
import './style.css';

const Notice = () => h('footer', { class: 'notice' }, useData().theme.value.footer.message);

export default { extends: Theme, Layout: () => h(Theme.Layout, null, { 'doc-after': () => h(Notice) }) };
