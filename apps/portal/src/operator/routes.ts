import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router'

/** The operator's pages, each loaded when it is opened. */
export function operatorRoutes<Frame extends AnyRoute>(frame: Frame) {
  const overview = createRoute({
    getParentRoute: () => frame,
    path: '/admin',
    component: lazyRouteComponent(() => import('./overview-page.js'), 'OverviewPage'),
  })
  return [overview] as const
}
