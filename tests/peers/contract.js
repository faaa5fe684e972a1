// Writes the contract of tests/integration/peers.rs with pact-js, into the folder given.
const { MatchersV3: match, PactV4 } = require('@pact-foundation/pact');

const contract = new PactV4({
  consumer: 'order-service',
  provider: 'inventory-service',
  dir: process.argv[2],
  logLevel: 'error',
});

const stockCheck = () =>
  contract
    .addInteraction()
    .given('stock exists', { sku: 'ABC-1', quantity: 5 })
    .given('prices exist')
    .uponReceiving('a stock check')
    .withRequest('GET', match.regex('/inventory/[A-Z]+-\\d+', '/inventory/ABC-1'), (request) =>
      request
        .query({ quantity: match.integer(2), tag: ['fragile', 'heavy'] })
        .headers({ 'X-Tenant': match.regex('[a-z]+', 'acme') }),
    )
    .willRespondWith(200, (response) =>
      response.headers({ ETag: '5f' }).jsonBody({
        available: true,
        quantity_left: match.integer(5),
        weight: match.decimal(1.5),
        price: match.number(7),
        fragile: match.boolean(false),
        successor: match.nullValue(),
        warehouse: { id: match.regex('w-\\d+', 'w-1'), city: match.like('Oslo') },
        tags: match.atLeastLike('fragile', 1, 1),
        shelves: match.constrainedArrayLike(match.integer(3), 1, 4, 1),
        note: match.includes('care'),
        day: match.date('yyyy-MM-dd', '2026-05-24'),
        hour: match.time('HH:mm', '10:30'),
        moment: match.datetime("yyyy-MM-dd'T'HH:mm", '2026-05-24T10:30'),
        all: match.arrayContaining(match.integer(1), match.regex('[a-z]', 'a')),
        order: match.like({ currency: 'EUR', total: 7 }),
      }),
    )
    .executeTest((server) =>
      fetch(`${server.url}/inventory/ABC-1?quantity=2&tag=fragile&tag=heavy`, { headers: { 'X-Tenant': 'acme' } }),
    );

const reservation = () =>
  contract
    .addInteraction()
    .uponReceiving('a reservation')
    .withRequest('POST', '/reservations', (request) => request.jsonBody({ sku: 'ABC-1', quantity: match.like(2) }))
    .willRespondWith(201)
    .executeTest((server) =>
      fetch(`${server.url}/reservations`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ sku: 'ABC-1', quantity: 2 }),
      }),
    );

const unknownSku = () =>
  contract
    .addInteraction()
    .uponReceiving('an unknown sku')
    .withRequest('GET', '/inventory/NOPE')
    .willRespondWith(404, (response) => response.jsonBody({ error: match.like('unknown sku') }))
    .executeTest((server) => fetch(`${server.url}/inventory/NOPE`));

const orderPlaced = () =>
  contract
    .addAsynchronousInteraction()
    .given('an order exists', { id: 'ord_456' })
    .expectsToReceive('an order was placed', (message) =>
      message
        .withMetadata({ topic: 'order.placed' })
        .withJSONContent({ orderId: match.like('ord_456'), totalAmount: match.decimal(29.99) }),
    )
    .executeTest(async () => {});

const main = async () => {
  for (const test of [stockCheck, reservation, unknownSku, orderPlaced]) {
    await test();
  }
};

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
