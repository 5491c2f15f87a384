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
    this.packets = [];
    client.on("connect", (connack) => {
      this.connack = connack;
    });
    client.on("message", (topic, payload, packet) => {
      const text = `${payload} qos ${packet.qos}${packet.retain ? " retained" : ""}`;
      this.packets.push({ ...packet, topic });
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

const five = (options) => ({ protocolVersion: 5, ...options });
const url = transports.tcp;

await check("MQTT 5: properties and user properties arrive as they were sent", async ({ topic, open }) => {
  const peer = await open(url, "u", five());
  await peer.client.subscribeAsync(topic, { qos: 1, properties: { subscriptionIdentifier: 7 } });
  await peer.client.publishAsync(topic, "on", {
    qos: 1,
    properties: { contentType: "text/plain", payloadFormatIndicator: true, userProperties: { a: ["1", "2"], b: "3" } },
  });
  equal(await peer.next(), "on qos 1");
  const { properties } = peer.packets[0];
  equal(properties.contentType, "text/plain");
  equal(properties.payloadFormatIndicator, true);
  equal(JSON.stringify(properties.userProperties), '{"a":["1","2"],"b":"3"}');
  equal(properties.subscriptionIdentifier, 7);
});
await check("MQTT 5: topic aliases in both directions", async ({ topic, open }) => {
  const subscriber = await open(url, "s", five({ properties: { topicAliasMaximum: 5 } }));
  const publisher = await open(url, "p", five({ autoAssignTopicAlias: true, autoUseTopicAlias: true }));
  await subscriber.client.subscribeAsync(topic, { qos: 1 });
  for (let i = 1; i <= 5; i++) {
    await publisher.client.publishAsync(topic, `m${i}`, { qos: 1 });
    equal(await subscriber.next(), `m${i} qos 1`);
  }
  equal(subscriber.packets.map((packet) => packet.topic).join(), Array(5).fill(topic).join());
  equal(subscriber.packets[4].properties.topicAlias > 0, true);
});
await check("MQTT 5: no more than the receive maximum is under way", async ({ topic, open }) => {
  let open_ = 0;
  let most = 0;
  const slow = await open(
    url,
    "r",
    five({
      properties: { receiveMaximum: 3 },
      customHandleAcks: (_topic, _payload, _packet, done) => {
        most = Math.max(most, ++open_);
        setTimeout(() => {
          open_--;
          done(null, 0);
        }, 5);
      },
    }),
  );
  await slow.client.subscribeAsync(topic, { qos: 1 });
  const publisher = await open(url, "p", five());
  await Promise.all(
    Array.from({ length: 30 }, (_, i) => publisher.client.publishAsync(topic, `m${i}`, { qos: 1 })),
  );
  for (let i = 0; i < 30; i++) {
    await slow.next();
  }
  equal(most <= 3, true);
});
await check("MQTT 5: members of a shared subscription get each message once", async ({ topic, unique, open }) => {
  const members = [await open(url, "a", five()), await open(url, "b", five())];
  for (const member of members) {
    await member.client.subscribeAsync(`$share/${unique}/${topic}`, { qos: 1 });
  }
  const publisher = await open(url, "p", five());
  for (let i = 0; i < 20; i++) {
    await publisher.client.publishAsync(topic, `m${i}`, { qos: 1 });
  }
  const all = () => members.flatMap((member) => member.packets.map((packet) => `${packet.payload}`));
  await deadline(
    "20 messages",
    new Promise((resolve) => {
      const look = () => (all().length >= 20 ? resolve() : setTimeout(look, 10));
      look();
    }),
  );
  equal(all().sort().join(), Array.from({ length: 20 }, (_, i) => `m${i}`).sort().join());
  equal(members.every((member) => member.packets.length > 0), true);
});
await check("MQTT 5: request and response", async ({ topic, open }) => {
  const server = await open(url, "s", five());
  server.client.on("message", (_topic, payload, { properties }) =>
    server.client.publish(properties.responseTopic, `${payload} done`, {
      qos: 1,
      properties: { correlationData: properties.correlationData },
    }),
  );
  await server.client.subscribeAsync(topic, { qos: 1 });
  const client = await open(url, "c", five());
  await client.client.subscribeAsync(`${topic}/answer`, { qos: 1 });
  await client.client.publishAsync(topic, "work", {
    qos: 1,
    properties: { responseTopic: `${topic}/answer`, correlationData: Buffer.from([0, 255]) },
  });
  equal(await client.next(), "work done qos 1");
  equal(client.packets[0].properties.correlationData.toString("hex"), "00ff");
});
await check("MQTT 5: a message that has expired is not sent, and another shows what is left", async ({ topic, open }) => {
  const session = { clean: false, properties: { sessionExpiryInterval: 60 } };
  const first = await open(url, "s", five(session));
  await first.client.subscribeAsync(topic, { qos: 1 });
  await first.client.endAsync();
  const publisher = await open(url, "p", five());
  await publisher.client.publishAsync(topic, "short", { qos: 1, properties: { messageExpiryInterval: 1 } });
  await publisher.client.publishAsync(topic, "long", { qos: 1, properties: { messageExpiryInterval: 60 } });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const second = await open(url, "s", five(session));
  equal(await second.next(), "long qos 1");
  const left = second.packets[0].properties.messageExpiryInterval;
  equal(left > 0 && left < 60, true);
});
await check("MQTT 5: a will waits for its delay, and not for longer than its session", async ({ topic, open }) => {
  const watcher = await open(url, "w", five());
  await watcher.client.subscribeAsync(`${topic}/#`, { qos: 1 });
  const will = (name, willDelayInterval) => ({
    topic: `${topic}/${name}`,
    payload: name,
    qos: 1,
    retain: false,
    properties: { willDelayInterval, userProperties: { of: name } },
  });
  const stays = { properties: { sessionExpiryInterval: 60 } };
  const late = await open(url, "l", five({ ...stays, will: will("late", 1) }));
  const back = await open(url, "b", five({ ...stays, will: will("back", 2) }));
  const soon = await open(url, "n", five({ properties: { sessionExpiryInterval: 0 }, will: will("soon", 60) }));
  late.client.stream.destroy();
  back.client.stream.destroy();
  soon.client.stream.destroy();
  await open(url, "b", five({ clean: false, ...stays }));
  equal(await watcher.next(), "soon qos 1");
  equal(await watcher.next(), "late qos 1");
  equal(watcher.packets[1].properties.userProperties.of, "late");
  await new Promise((resolve) => setTimeout(resolve, 2000));
  equal(watcher.packets.length, 2);
});
process.exit(failed > 0 ? 1 : 0);
