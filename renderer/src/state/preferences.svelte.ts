import { en, type Text } from '../text/en.ts';
import { Formats } from '../text/formats.ts';
import { zh } from '../text/zh.ts';

const languages = { en, zh };

export type LanguageCode = keyof typeof languages;
export type Theme = 'system' | 'light' | 'dark';

const languageItem = 'pellucid.language';
const themeItem = 'pellucid.theme';
const darkSystem = window.matchMedia('(prefers-color-scheme: dark)');

/** Language and theme, remembered by the browser. */
export class Preferences {
  #language = $state<LanguageCode>(storedLanguage() ?? languageOfSystem());
  #theme = $state<Theme>(storedTheme());
  #isSystemDark = $state(darkSystem.matches);
  #text = $derived<Text>(languages[this.#language]);
  #formats = $derived(new Formats(this.#text));

  /** Every language with its own name. */
  readonly languages = Object.entries(languages).map(([value, text]) => ({
    value: value as LanguageCode,
    label: text.languageName,
  }));

  get language(): LanguageCode {
    return this.#language;
  }

  get theme(): Theme {
    return this.#theme;
  }

  /** The colours that are shown: of the theme, or of the system where the theme follows it. */
  get colours(): 'light' | 'dark' {
    if (this.#theme !== 'system') return this.#theme;
    return this.#isSystemDark ? 'dark' : 'light';
  }

  get text(): Text {
    return this.#text;
  }

  get formats(): Formats {
    return this.#formats;
  }

  constructor() {
    darkSystem.addEventListener('change', ({ matches }) => (this.#isSystemDark = matches));
  }

  setLanguage(language: LanguageCode): void {
    this.#language = language;
    store(languageItem, language);
  }

  setTheme(theme: Theme): void {
    this.#theme = theme;
    store(themeItem, theme);
  }
}

function languageOfSystem(): LanguageCode {
  return navigator.languages.find((tag) => /^(en|zh)\b/.test(tag))?.startsWith('zh') === true ? 'zh' : 'en';
}

function storedLanguage(): LanguageCode | undefined {
  const stored = read(languageItem);
  return stored === 'en' || stored === 'zh' ? stored : undefined;
}

function storedTheme(): Theme {
  const stored = read(themeItem);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

/** A browser that keeps nothing still shows the window. */
function read(item: string): string | null {
  try {
    return localStorage.getItem(item);
  } catch {
    return null;
  }
}

function store(item: string, value: string): void {
  try {
    localStorage.setItem(item, value);
  } catch {
    return;
  }
}
