import { useMediaQuery } from '@mantine/hooks'

/** Whether the window is so narrow that there are cards in place of tables, and the navigation is folded. */
export function useIsPhone(): boolean {
  return useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false })
}
