import { type CSSVariablesResolver, type MantineColorsTuple, createTheme } from '@mantine/core'

/** The one accent. */
const lake: MantineColorsTuple = [
  '#ecf6f8',
  '#d8e9ed',
  '#b2d3db',
  '#88bcc9',
  '#62a8b9',
  '#479bae',
  '#2f8399',
  '#1f7189',
  '#155e74',
  '#0c4a5d',
]

/** Dark grey with a little of the accent in it. */
const dark: MantineColorsTuple = [
  '#d0d6db',
  '#b6bdc4',
  '#8a929a',
  '#6a727a',
  '#3b4249',
  '#2f353b',
  '#252a30',
  '#1a1e23',
  '#15181c',
  '#0f1215',
]

export const theme = createTheme({
  colors: { dark, lake },
  primaryColor: 'lake',
  primaryShade: { light: 8, dark: 7 },
  defaultRadius: 'md',
  respectReducedMotion: true,
  cursorType: 'pointer',
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "PingFang TC", "Microsoft JhengHei", "Noto Sans TC", "Noto Sans CJK TC", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace',
  components: {
    // A word with a dot of its colour: many of them stand below each other.
    Badge: { defaultProps: { fw: 500, tt: 'none', variant: 'dot' } },
    Button: { defaultProps: { fw: 500 } },
    // Their element would be a second banner of the page.
    DrawerHeader: { defaultProps: { role: 'presentation' } },
    ModalHeader: { defaultProps: { role: 'presentation' } },
    DrawerTitle: { defaultProps: { fw: 600 } },
    ModalTitle: { defaultProps: { fw: 600 } },
  },
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '1.5rem', lineHeight: '1.3' }, h2: { fontSize: '1.125rem', lineHeight: '1.4' } },
  },
})

/** Greys and reds of Mantine that are too faint for small text, darker or lighter. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5c636b',
    '--mantine-color-placeholder': '#68707a',
    '--mantine-color-error': '#c22525',
    '--mantine-color-gray-filled': '#868e96',
    '--mantine-color-green-light-color': '#1a6530',
    '--mantine-color-red-light-color': '#a61e1e',
    '--mantine-color-orange-light-color': '#8a4600',
    '--mantine-color-gray-light-color': '#474e56',
  },
  dark: {
    '--mantine-color-dimmed': '#a3aab2',
    '--mantine-color-placeholder': '#9097a0',
    '--mantine-color-error': '#ff8787',
    '--mantine-color-lake-light': '#17343e',
    '--mantine-color-lake-light-hover': '#1c3f4b',
    '--mantine-color-gray-filled': '#8a929a',
    '--mantine-color-green-light-color': '#8ce99a',
    '--mantine-color-red-light-color': '#ffa8a8',
    '--mantine-color-orange-light-color': '#ffc078',
    '--mantine-color-gray-light-color': '#c8ced4',
  },
})
