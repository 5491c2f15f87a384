package dev.skein.node.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.skein.node.admission.Rate;
import dev.skein.node.registry.PermissionRule.Action;
import dev.skein.node.registry.PermissionRule.Effect;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstanceSeedsTest {
    private static final String HASH = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";

    @Test
    void theReferenceHasOneOpenInstanceForLoopback() {
        Map<String, InstanceView> seeds = InstanceSeeds.from(skein(""));
        assertThat(seeds).containsOnlyKeys("default");
        assertThat(seeds.get("default"))
                .usingRecursiveComparison()
                .isEqualTo(new InstanceView(
                        "default",
                        Mode.OPEN,
                        Anonymous.LOOPBACK,
                        DuplicateClientId.TAKE_OVER,
                        InstanceLimits.OPEN,
                        new SessionRules(
                                false, true, SessionOwner.IDENTITY, Duration.ofDays(30), Duration.ZERO, Duration.ZERO),
                        false,
                        Set.of(),
                        Set.of(),
                        Map.of(),
                        Map.of(),
                        List.of(),
                        Effect.ALLOW,
                        InstanceRules.NONE,
                        InstanceTokens.none(),
                        0));
    }

    @Test
    void defaultExistsEvenWhenNothingNamesIt() {
        Config skein = ConfigFactory.parseResources("reference.conf")
                .getConfig("skein")
                .withoutPath("instances.default");
        assertThat(InstanceSeeds.from(skein)).containsOnlyKeys("default");
    }

    @Test
    void autoIsWhatTheModeDocuments() {
        InstanceView view = fleet("mode = apsara");
        assertThat(view.duplicateClientId()).isEqualTo(DuplicateClientId.REJECT);
        assertThat(view.limits()).isEqualTo(InstanceLimits.APSARA);
        assertThat(view.sessions())
                .isEqualTo(new SessionRules(
                        true,
                        false,
                        SessionOwner.IDENTITY,
                        Duration.ofDays(30),
                        Duration.ofMinutes(10),
                        Duration.ofSeconds(2_147_483_647)));
        assertThat(view.p2p()).isTrue();
        assertThat(view.anonymous()).isEqualTo(Anonymous.NEVER);
    }

    @Test
    void p2pIsSwitchedOnAndOffInBothModes() {
        assertThat(fleet("mode = open, p2p = on").p2p()).isTrue();
        assertThat(fleet("mode = apsara, p2p = off").p2p()).isFalse();
    }

    @Test
    void everyKeyIsRead() {
        InstanceView view = fleet("""
                mode = apsara, anonymous = always, duplicate-client-id = take-over
                limits { client-id-length = 128, topic-length = 128, body-bytes = 1KiB, filters = 7, keep-alive = 2m,
                  topic-levels = 9, multi-wildcard-filters = 3, instance-filters = 10, instance-filter-bytes = 11,
                  retained-bytes = 0, retained-parent-bytes = 1KiB, packet-bytes = 200, topic-aliases = 5,
                  property-bytes = 300, message-expiry-min = 7s, message-expiry-max = 8h }
                mqtt5 { response-information = "answers/" }
                rates { client-messages = 1, client-bytes = 2KiB, client-topics = 3, identity-connects = 4,
                  identity-messages = 5, identity-bytes = 6, address-connects = 7, address-messages = 8,
                  address-bytes = 9, instance-connects = 10, instance-messages = 11, instance-bytes = 12,
                  instance-topics = 13 }, groups = [GID_one, GID-two], parent-topics = [news, olds]
                users = [{ name = bob, password-hash = "%s" }]
                access-keys = [{ id = key1, secret = "s" }]
                permissions = [
                  { effect = deny, action = publish, users = [bob], groups = [GID_one], clients = [c], topics = ["a/%%c"] }
                  { effect = allow, topics = ["#"] }
                ]
                default-permission = deny, sessions { offline-qos0 = false, persistent-qos2 = true, expiry = 1h }
                """.formatted(HASH));
        assertThat(view.limits())
                .isEqualTo(new InstanceLimits(
                        128,
                        128,
                        9,
                        1024,
                        7,
                        3,
                        Duration.ofMinutes(2),
                        new InstanceLimits.Totals(10, 11, 0, 1024),
                        new RateLimits(
                                new Rate(0, 1, 2048, 3),
                                new Rate(4, 5, 6, 0),
                                new Rate(7, 8, 9, 0),
                                new Rate(10, 11, 12, 13)),
                        new Mqtt5Limits(200, 5, 300, Duration.ofSeconds(7), Duration.ofHours(8), "answers/")));
        assertThat(view.groups()).containsExactlyInAnyOrder("GID_one", "GID-two");
        assertThat(view.parentTopics()).containsExactlyInAnyOrder("news", "olds");
        assertThat(view.user("bob")).isEqualTo(new User("bob", new Secret(HASH), List.of()));
        assertThat(view.accessKey("key1")).isEqualTo(new AccessKey("key1", new Secret("s"), null, List.of()));
        assertThat(view.permissions())
                .containsExactly(
                        new PermissionRule(
                                "configuration-1",
                                Effect.DENY,
                                Action.PUBLISH,
                                Set.of("bob"),
                                Set.of("GID_one"),
                                Set.of("c"),
                                List.of("a/%c")),
                        new PermissionRule(
                                "configuration-2",
                                Effect.ALLOW,
                                Action.ALL,
                                Set.of(),
                                Set.of(),
                                Set.of(),
                                List.of("#")));
        assertThat(view.defaultPermission()).isEqualTo(Effect.DENY);
        assertThat(view.sessions())
                .isEqualTo(new SessionRules(
                        false,
                        true,
                        SessionOwner.IDENTITY,
                        Duration.ofHours(1),
                        Duration.ofMinutes(10),
                        Duration.ofSeconds(2_147_483_647)));
        assertThat(view.duplicateClientId()).isEqualTo(DuplicateClientId.TAKE_OVER);
        assertThat(view.anonymous()).isEqualTo(Anonymous.ALWAYS);
    }

    @Test
    void clientIdsAccountsAndTheOwnerOfSessionsAreRead() {
        InstanceView view = fleet("""
                session-owner = any
                users = [{ name = bob, password-hash = "%s", client-ids = ["%%u", "device-*"] }]
                access-keys = [{ id = key1, secret = "s", account = acme, client-ids = ["GID_a@@@*"] }]
                """.formatted(HASH));
        assertThat(view.user("bob")).isEqualTo(new User("bob", new Secret(HASH), List.of("%u", "device-*")));
        assertThat(view.accessKey("key1"))
                .isEqualTo(new AccessKey("key1", new Secret("s"), "acme", List.of("GID_a@@@*")));
        assertThat(view.sessions().owner()).isEqualTo(SessionOwner.ANY);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "colour = red              | .colour: unknown key (expected: one of access-keys, anonymous,",
                "limits.topics = 3         | .limits.topics: unknown key (expected: one of body-bytes, client-id-length,",
                "sessions.qos = 3          | .sessions.qos: unknown key (expected: one of expiry, expiry-max, expiry-min, offline-qos0,",
                "limits = 3                | .limits: 3 (expected: a section of keys)",
                "mode = closed             | .mode: closed (expected: open, apsara)",
                "mode = OPEN               | .mode: OPEN (expected: open, apsara)",
                "mode = [open]             | .mode: a list (expected: a value)",
                "mode = null               | .mode: nothing (expected: a value)",
                "anonymous = sometimes     | .anonymous: sometimes (expected: never, loopback, always)",
                "duplicate-client-id = x   | .duplicate-client-id: x (expected: take-over, reject or auto)",
                "default-permission = x    | .default-permission: x (expected: allow, deny)",
                "limits.client-id-length = 90000 | .limits.client-id-length: 90000 (expected: 0..65535 or auto)",
                "limits.client-id-length = -1    | .limits.client-id-length: -1 (expected: 0..65535 or auto)",
                "p2p = maybe                     | .p2p: maybe (expected: on, off or auto)",
                "limits.client-id-length = many  | .limits.client-id-length: many (expected: 0..65535 or auto)",
                "limits.topic-length = 65536     | .limits.topic-length: 65536 (expected: 0..65535 or auto)",
                "mode = apsara, limits.topic-length = 129 | .limits.topic-length: 129 (expected: 1..128 or auto)",
                "limits.body-bytes = 1GiB  | .limits.body-bytes: 1GiB (expected: 0..268435455 or auto)",
                "limits.filters = 1.5e9    | .limits.filters: 1.5e9 (expected: 0..1000000 or auto)",
                "limits.topic-levels = 0   | .limits.topic-levels: 0 (expected: 1..65535 or auto)",
                "limits.multi-wildcard-filters = -1 | .limits.multi-wildcard-filters: -1 (expected: 0..1000000 or auto)",
                "limits.instance-filters = -1 | .limits.instance-filters: -1 (expected: 0..10000000000)",
                "limits.retained-bytes = auto | .limits.retained-bytes: auto (expected: 0..4611686018427387903)",
                "limits.keep-alive = 1d    | .limits.keep-alive: 1d (expected: 0 s..65535 s or auto)",
                "limits.keep-alive = soon  | .limits.keep-alive: soon (expected: 0 s..65535 s or auto)",
                "sessions.expiry = 0s      | .sessions.expiry: 0s (expected: 1 s..3650 d)",
                "sessions.offline-qos0 = maybe | .sessions.offline-qos0: maybe (expected: true, false or auto)",
                "groups = [Test]           | .groups[0]: groupId: Test (expected: prefix GID_ or GID-)",
                "groups = [GID_Test, GID_Test] | .groups[1]: GID_Test (expected: each name once)",
                "groups = GID_Test         | .groups: GID_Test (expected: a list of texts)",
                "parent-topics = [a/b/c]   | .parent-topics[0]: parentTopic: a/b/c (expected:",
                "parent-topics = [news, News] | .parent-topics[1]: News (expected: names that differ in more than their case)",
                "users = [{ name = bob }]  | .users[0].password-hash: nothing (expected: a text)",
                "users = [{ name = bob, password = x }] | .users[0].password: unknown key (expected: one of client-ids, name, password-hash)",
                "users = [{ name = bob, password-hash = \"$2b$04$abcdefghijklmnopqrstuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu\", client-ids = [a, \"\"] }] | .users[0].client-ids: client-ids:  (expected: 1..1024",
                "users = [{ name = bob, password-hash = \"$2b$04$abcdefghijklmnopqrstuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu\", client-ids = \"a\" }] | .users[0].client-ids: no list (expected:",
                "access-keys = [{ id = k, secret = s, client-ids = [\"%c\"] }] | .access-keys[0].client-ids: client-ids: %c (expected: 1..1024",
                "access-keys = [{ id = k, secret = s, account = \"\" }] | .access-keys[0].account: account:  (expected: 1..128",
                "session-owner = nobody    | .session-owner: nobody (expected: identity, any)",
                "users = [{ name = \"\", password-hash = x }] | .users[0].name: user:  (expected: 1..128 characters, no",
                "users = [{ name = bob, password-hash = hunter2 }] | .users[0].password-hash: password-hash: *** (expected:",
                "access-keys = [{ id = k, secret = \"\" }] | .access-keys[0].secret: secret: 0 characters (expected: 1..256)",
                "access-keys = [{ id = k, secret = s }, { id = k, secret = t }] | .access-keys[1].id: k (expected: each id once,",
                "permissions = [{ topics = [a] }] | .permissions[0].effect: nothing (expected: a text)",
                "permissions = [{ effect = permit, topics = [a] }] | .permissions[0].effect: permit (expected: allow, deny)",
                "permissions = [{ effect = deny }] | .permissions[0].topics: topics: [] (expected: at least one topic filter)",
                "permissions = [{ effect = deny, topics = a }] | .permissions[0].topics: no list (expected: a list of texts)",
                "permissions = [{ effect = deny, topics = [\"a#\"] }] | .permissions[0].topics: topics: filter: a# (expected:",
                "permissions = [{ effect = deny, action = x, topics = [a] }] | .permissions[0].action: x (expected: publish,",
            })
    void aWrongValueIsNamedWithItsFullKey(String keys, String message) {
        assertThatThrownBy(() -> fleet(keys))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("skein.instances.fleet" + message)
                .hasMessageNotContaining("hunter2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "instance-defaults.colour = red | skein.instance-defaults.colour: unknown key",
                "instance-defaults.default-permission = red | skein.instance-defaults.default-permission: red (expected: allow,",
                "instances.fleet = 3            | skein.instances.fleet: 3 (expected: a section of keys)",
                "instances.\"a@b\" {}           | skein.instances: instance: a@b (expected: 1..64 letters, digits, - or _)",
            })
    void whatStandsOutsideAnInstanceIsNamedToo(String keys, String message) {
        assertThatThrownBy(() -> InstanceSeeds.from(skein(keys)))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void anInstanceInheritsTheDefaultsThatAFileChanges() {
        Config skein = skein("instance-defaults.limits.filters = 3, instances.fleet.mode = apsara");
        assertThat(InstanceSeeds.from(skein).values())
                .extracting(view -> view.limits().filters())
                .containsOnly(3);
    }

    private static InstanceView fleet(String keys) {
        return Objects.requireNonNull(
                InstanceSeeds.from(skein("instances.fleet {" + keys + "}")).get("fleet"));
    }

    private static Config skein(String keys) {
        return ConfigFactory.parseString("skein {" + keys + "}")
                .withFallback(ConfigFactory.parseResources("reference.conf"))
                .resolve()
                .getConfig("skein");
    }
}
