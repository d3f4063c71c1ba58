import type { UseInfiniteQueryResult } from '@tanstack/react-query'
import { useCallback, useEffect } from 'react'

type Pages = Pick<UseInfiniteQueryResult, 'fetchNextPage' | 'hasNextPage' | 'isError' | 'isFetchingNextPage'>

interface Reading {
  /** Reads the next page, if there is one. */
  more: () => void
  /** Nothing was found so far, and there is more to look at: pages of a search may be empty, and are read on. */
  isLooking: boolean
}

/** `found`: rows in the pages that were read. */
export function usePages(
  { fetchNextPage, hasNextPage, isError, isFetchingNextPage }: Pages,
  found: number,
): Reading {
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [fetchNextPage, hasNextPage, isFetchingNextPage])
  const isLooking = found === 0 && hasNextPage && !isError
  useEffect(() => {
    if (isLooking) more()
  }, [isLooking, more])
  return { more, isLooking }
}
