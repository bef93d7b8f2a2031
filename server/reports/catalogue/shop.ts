// Reports of a shop: orders, carts that were not ordered, and the products of both.

import { firstInTheDays } from '../goal-hits.ts'
import { metrics } from '../metric.ts'
import { orElse, type Part, plainReport, type Report } from './report.ts'

/** A cart that none came after in its visit, nor an order. */
export const abandonedCart = `kind = 'cart' AND (visit_id, position) GLOBAL IN (
  SELECT visit_id, max(position) FROM hits
  WHERE site_id = {site:UInt32} AND day BETWEEN {from:Date} AND {to:Date} AND kind IN ('cart', 'order')
  GROUP BY visit_id)`

/** What is told of a product, by which its figures can be divided. */
const told = {
  sku: { dimension: 'sku', title: 'Product', sql: 'arrayJoin(items).sku', label: 'sku' },
  name: {
    dimension: 'product_name',
    title: 'Product',
    sql: 'arrayJoin(items).name',
    label: orElse('product_name', 'Product name not defined'),
  },
  category: {
    dimension: 'category',
    title: 'Category',
    sql: `arrayJoin(if(empty(arrayJoin(items).categories), [''], arrayDistinct(arrayJoin(items).categories)))`,
    label: orElse('category', 'Product category not defined'),
  },
} as const

const pieces: Part['columns'] = {
  revenue: 'sum(round(arrayJoin(items).price * arrayJoin(items).quantity, 6))',
  quantity: 'sum(round(arrayJoin(items).quantity, 6))',
}

type ItemReport = Pick<Report, 'name' | 'title' | 'definition' | 'matomo'>

function itemReport(
  by: keyof typeof told,
  report: ItemReport & Pick<Report, 'metrics'> & { parts: (dimension: string) => readonly Part[] },
): Report {
  const { dimension, title, sql, label } = told[by]
  return {
    ...report,
    group: 'shop',
    draw: 'bars',
    dimensions: [{ name: dimension, title, label }],
    parts: report.parts(sql),
    sort: '-revenue',
    span: 'period',
  }
}

/** Products that were ordered or looked at. A page that shows a category of products alone shows none of them. */
function orderedReport(by: keyof typeof told, report: ItemReport): Report {
  const shown = by === 'category' ? '' : ` AND items[1].sku != ''`
  return itemReport(by, {
    ...report,
    metrics: [
      metrics.itemRevenue,
      metrics.itemsSold,
      metrics.itemOrders,
      metrics.averagePrice,
      metrics.averageQuantity,
      metrics.productViews,
      metrics.productVisits,
      metrics.productConversionRate,
    ],
    parts: (dimension): readonly Part[] => [
      {
        from: 'deeds',
        where: `kind = 'order' AND ${firstInTheDays}`,
        dimensions: [dimension],
        columns: { ...pieces, orders: 'uniqExact(visit_id, position)' },
      },
      {
        from: 'deeds',
        where: `kind = 'pageview' AND notEmpty(items)${shown}`,
        dimensions: [dimension],
        columns: {
          product_views: 'uniqExact(visit_id, position)',
          product_visits: 'uniqExact(visit_id)',
        },
      },
    ],
  })
}

function cartReport(by: keyof typeof told, report: ItemReport): Report {
  return itemReport(by, {
    ...report,
    metrics: [
      metrics.cartItemRevenue,
      metrics.cartItems,
      metrics.itemCarts,
      metrics.averagePrice,
      metrics.averageCartQuantity,
    ],
    parts: (dimension): readonly Part[] => [
      {
        from: 'deeds',
        where: abandonedCart,
        dimensions: [dimension],
        columns: { ...pieces, abandoned_carts: 'uniqExact(visit_id)' },
      },
    ],
  })
}

export const shopReports: readonly Report[] = [
  {
    name: 'orders',
    title: 'Orders',
    definition: 'What was ordered, and carts that were not.',
    group: 'overview',
    draw: 'figures',
    matomo: 'Goals.get',
    dimensions: [],
    metrics: [
      metrics.orders,
      metrics.revenue,
      metrics.averageOrder,
      metrics.itemsSold,
      metrics.subtotal,
      metrics.tax,
      metrics.shipping,
      metrics.discount,
      metrics.abandonedCarts,
    ],
    parts: [
      {
        from: 'deeds',
        where: `kind = 'order' AND ${firstInTheDays}`,
        dimensions: [],
        columns: {
          orders: 'count()',
          revenue: `sum(amounts['revenue'])`,
          quantity: 'sum(round(arraySum(items.quantity), 6))',
          subtotal: `sum(amounts['subtotal'])`,
          tax: `sum(amounts['tax'])`,
          shipping: `sum(amounts['shipping'])`,
          discount: `sum(amounts['discount'])`,
        },
      },
      {
        // Not from the visits: a filter of hits tells which carts count.
        from: 'deeds',
        where: abandonedCart,
        dimensions: [],
        columns: { abandoned_carts: 'count()' },
      },
    ],
    label: `'All orders'`,
    sort: '-orders',
    span: 'period',
  },
  plainReport({
    name: 'carts',
    title: 'Abandoned carts',
    definition: 'Carts with which visits ended, and which were not ordered.',
    group: 'overview',
    draw: 'figures',
    matomo: 'Goals.get',
    from: 'deeds',
    where: abandonedCart,
    by: {},
    metrics: [metrics.abandonedCarts, metrics.cartRevenue, metrics.cartItems],
    columns: {
      abandoned_carts: 'count()',
      revenue: `sum(amounts['revenue'])`,
      quantity: 'sum(round(arraySum(items.quantity), 6))',
    },
    label: `'All abandoned carts'`,
    sort: '-abandoned_carts',
  }),
  orderedReport('sku', {
    name: 'products',
    title: 'Products',
    definition: 'The products that were ordered or looked at, by their number.',
    matomo: 'Goals.getItemsSku',
  }),
  orderedReport('name', {
    name: 'product-names',
    title: 'Product names',
    definition: 'The products that were ordered or looked at, by their name.',
    matomo: 'Goals.getItemsName',
  }),
  orderedReport('category', {
    name: 'product-categories',
    title: 'Product categories',
    definition:
      'The products that were ordered or looked at, by their categories; a product counts in each of its own.',
    matomo: 'Goals.getItemsCategory',
  }),
  cartReport('sku', {
    name: 'cart-products',
    title: 'Products in abandoned carts',
    definition: 'The products in carts that were not ordered, by their number.',
    matomo: 'Goals.getItemsSku',
  }),
  cartReport('name', {
    name: 'cart-product-names',
    title: 'Product names in abandoned carts',
    definition: 'The products in carts that were not ordered, by their name.',
    matomo: 'Goals.getItemsName',
  }),
  cartReport('category', {
    name: 'cart-product-categories',
    title: 'Product categories in abandoned carts',
    definition: 'The products in carts that were not ordered, by their categories.',
    matomo: 'Goals.getItemsCategory',
  }),
]
