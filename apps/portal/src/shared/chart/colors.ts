import { useComputedColorScheme } from '@mantine/core'

/** Told apart by people who see red and green alike, and at least 3 : 1 against the page. */
const COLORS = {
  light: ['#155e74', '#b8621b', '#5b7d1d', '#8250a8', '#bb3e3e', '#2f7fd1', '#80632f', '#6b737b'],
  dark: ['#479bae', '#e8a35c', '#a3c25a', '#bb8fd0', '#e68080', '#7db4ea', '#c2a373', '#a3aab2'],
}

/** How many series can be told apart. */
export const MAX_SERIES = COLORS.light.length

/** The colours of series, in their order. */
export const useColors = (): readonly string[] => COLORS[useComputedColorScheme('light')]
