// The dashboard's line icons, 20 by 20. They only ever stand beside words or in a button that has a name.

const paths = {
  left: 'M12 4 6.5 10 12 16',
  right: 'M8 4 13.5 10 8 16',
  down: 'M5 7.5 10 12.5 15 7.5',
  check: 'M4 10.5 8.2 14.5 16 5.5',
  close: 'M5 5 15 15M15 5 5 15',
  open: 'M8 5H5v10h10v-3M11 4h5v5M16 4 9 11',
  download: 'M10 3v9M6 8.5 10 12.5 14 8.5M4 16h12',
  table: 'M3 5h14M3 10h14M3 15h14M8 5v10',
  chart: 'M3 15 7.5 9 11 12 17 5',
  menu: 'M3.5 6h13M3.5 10h13M3.5 14h13',
  search: 'M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4zM13 13l3.5 3.5',
  plus: 'M10 4v12M4 10h12',
  calendar: 'M4 6h12v10H4zM4 9h12M7 4v3M13 4v3',
  up: 'M10 16V4M5 9l5-5 5 5',
  fall: 'M10 4v12M5 11l5 5 5-5',
  same: 'M4 10h12',
  filter: 'M3 5h14l-5.5 6v5l-3-1.5V11z',
  edit: 'M4 16l.8-3.2L13 4.6l2.4 2.4-8.2 8.2zM11.5 6.1l2.4 2.4',
} as const

export type IconName = keyof typeof paths

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  )
}
