// MQTT.js against a broker: node interop.mjs HOST MQTT_PORT WS_PORT
// Prints `ok name` or `not ok name: why` for each check; exit code 1 when one failed.
import { randomUUID } from "node:crypto";
import net from "node:net";
import mqtt from "mqtt";

const [host, mqttPort, wsPort] = process.argv.slice(2);
const transports = {
  tcp: `mqtt://${host}:${mqttPort}`,
  "ws /mqtt": `ws://${host}:${wsPort}/mqtt`,
  "ws /": `ws://${host}:${wsPort}/`,
};
const DEADLINE_MS = 20_000;
let failed = 0;

class Peer {
  constructor(client) {
    this.client = client;
    this.queue = [];
    this.waiting = [];
    client.on("message", (topic, payload, packet) => {
      const text = `${payload} qos ${packet.qos}${packet.retain ? " retained" : ""}`;
      const next = this.waiting.shift();
      next ? next(text) : this.queue.push(text);
    });
  }

  next() {
    return this.queue.length > 0
      ? Promise.resolve(this.queue.shift())
      : deadline("a message", new Promise((resolve) => this.waiting.push(resolve)));
  }
}

function deadline(what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: none within ${DEADLINE_MS} ms`)), DEADLINE_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

async function connect(url, options) {
  const client = mqtt.connect(url, { protocolVersion: 4, reconnectPeriod: 0, ...options });
  // Messages of a session may follow the CONNACK at once: listen before it comes.
  const peer = new Peer(client);
  await deadline(
    "CONNACK",
    new Promise((resolve, reject) => {
      client.once("connect", resolve);
      client.once("error", reject);
    }),
  );
  client.on("error", () => {});
  return peer;
}

function equal(actual, expected) {
  if (actual !== expected) {
    throw new Error(`${actual} (expected: ${expected})`);
  }
}

// Takes a client identifier over and drops it: a network failure as the client sees it.
function steal(clientId) {
  return deadline(
    "CONNACK of the take-over",
    new Promise((resolve, reject) => {
      const id = Buffer.from(clientId);
      const head = Buffer.from([0x10, 12 + id.length, 0, 4, 77, 81, 84, 84, 4, 0, 0, 60, 0, id.length]);
      const socket = net.connect(Number(mqttPort), host, () => socket.write(Buffer.concat([head, id])));
      socket.once("data", () => {
        socket.destroy();
        resolve();
      });
      socket.once("error", reject);
    }),
  );
}

async function check(name, body) {
  const unique = randomUUID().slice(0, 8);
  const peers = [];
  const open = async (url, id, options) => {
    const peer = await connect(url, { clientId: unique + id, ...options });
    peers.push(peer);
    return peer;
  };
  try {
    await body({ topic: `mqttjs/${unique}/t`, unique, open });
    console.log(`ok ${name}`);
  } catch (e) {
    failed++;
    console.log(`not ok ${name}: ${e.message}`);
  } finally {
    peers.forEach((peer) => peer.client.end(true));
  }
}

for (const [transport, url] of Object.entries(transports)) {
  for (const protocol of [3, 4]) {
    await check(`${transport}: MQTT ${protocol === 3 ? "3.1" : "3.1.1"} connects`, async ({ topic, open }) => {
      const options = protocol === 3 ? { protocolId: "MQIsdp", protocolVersion: 3 } : {};
      const peer = await open(url, "v", options);
      await peer.client.subscribeAsync(topic, { qos: 1 });
      await peer.client.publishAsync(topic, "mine", { qos: 1 });
      equal(await peer.next(), "mine qos 1");
    });
  }
  for (const qos of [0, 1, 2]) {
    await check(`${transport}: a message at QoS ${qos} arrives`, async ({ topic, open }) => {
      const subscriber = await open(url, "s");
      const publisher = await open(url, "p");
      await subscriber.client.subscribeAsync(topic, { qos });
      await publisher.client.publishAsync(topic, "hello", { qos });
      equal(await subscriber.next(), `hello qos ${qos}`);
    });
  }
  await check(`${transport}: a retained message arrives on subscribe`, async ({ topic, open }) => {
    const peer = await open(url, "r");
    await peer.client.publishAsync(topic, "kept", { qos: 1, retain: true });
    await peer.client.subscribeAsync(topic, { qos: 1 });
    equal(await peer.next(), "kept qos 1 retained");
  });
  await check(`${transport}: the will is published when the connection breaks`, async ({ topic, open }) => {
    const watcher = await open(url, "w");
    await watcher.client.subscribeAsync(topic, { qos: 1 });
    const dying = await open(url, "d", { will: { topic, payload: "gone", qos: 1, retain: false } });
    dying.client.stream.destroy();
    equal(await watcher.next(), "gone qos 1");
  });
  for (const qos of [1, 2]) {
    await check(`${transport}: offline messages at QoS ${qos} arrive in order`, async ({ topic, open }) => {
      const first = await open(url, "s", { clean: false });
      await first.client.subscribeAsync(topic, { qos });
      await first.client.endAsync();
      const publisher = await open(url, "p");
      for (let i = 1; i <= 20; i++) {
        await publisher.client.publishAsync(topic, `m${i}`, { qos });
      }
      const second = await open(url, "s", { clean: false });
      for (let i = 1; i <= 20; i++) {
        equal(await second.next(), `m${i} qos ${qos}`);
      }
    });
  }
  await check(`${transport}: a broken connection is restored with its session`, async ({ topic, unique, open }) => {
    const subscriber = await open(url, "r", { clean: false, reconnectPeriod: 200, resubscribe: false });
    const publisher = await open(url, "p");
    await subscriber.client.subscribeAsync(topic, { qos: 1 });
    await steal(`${unique}r`);
    await publisher.client.publishAsync(topic, "meanwhile", { qos: 1 });
    equal(await subscriber.next(), "meanwhile qos 1");
  });
  await check(`${transport}: a payload of 200000 bytes arrives`, async ({ topic, open }) => {
    const peer = await open(url, "l");
    const payload = "y".repeat(200_000);
    await peer.client.subscribeAsync(topic, { qos: 1 });
    await peer.client.publishAsync(topic, payload, { qos: 1 });
    equal(await peer.next(), `${payload} qos 1`);
  });
}
process.exit(failed > 0 ? 1 : 0);
