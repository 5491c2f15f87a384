package dev.skein.node.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.node.registry.InstanceView;
import dev.skein.node.route.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PermissionsTest {
    private static final Identity BOB = new Identity("fleet", "dev-1", "bob", "GID_cars", "user:bob");
    private static final Identity NOBODY = new Identity("fleet", "dev-2", null, null, "anonymous");

    @Test
    void withoutRulesTheDefaultDecides() {
        Permissions allow = Permissions.of(Views.fleet("default-permission = allow"));
        assertThat(allow.allowsAll()).isTrue();
        assertThat(allow.mayPublish(NOBODY, "a")).isTrue();
        assertThat(allow.maySubscribe(NOBODY, "#")).isTrue();

        Permissions deny = Permissions.of(Views.fleet("default-permission = deny"));
        assertThat(deny.allowsAll()).isFalse();
        assertThat(deny.mayPublish(NOBODY, "a")).isFalse();
        assertThat(deny.maySubscribe(NOBODY, "a")).isFalse();
        assertThat(deny.forClient(NOBODY).allowsAll()).isFalse();
    }

    @Test
    void theSameRulesOfANewerViewAreTheSameObject() {
        String rules = "permissions = [{ effect = deny, users = [bob], topics = [a] }]";
        Permissions permissions = Permissions.of(Views.fleet(rules));
        assertThat(permissions.next(Views.fleet(rules + ", groups = [GID_cars]")))
                .isSameAs(permissions);
        assertThat(permissions.next(Views.fleet(rules + ", default-permission = deny")))
                .isNotSameAs(permissions);
        assertThat(permissions.next(Views.fleet("")).maySubscribe(BOB, "a")).isTrue();
    }

    /** So that what a permitted subscription matches need not be looked at one by one. */
    @Test
    void whoMaySubscribeAFilterMayReadEachTopicThatItMatches() throws Exception {
        List<String> levels = List.of("a", "b", "$x", "");
        Seeds.run(2_000, random -> {
            List<String> rules = new ArrayList<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                rules.add("{ effect = %s, topics = [\"%s\"] }"
                        .formatted(random.nextBoolean() ? "allow" : "deny", filter(random, levels)));
            }
            Permissions permissions = Permissions.of(Views.fleet("default-permission = "
                    + (random.nextBoolean() ? "allow" : "deny") + ", permissions = [" + String.join(",", rules) + "]"));
            for (int i = 0; i < 20; i++) {
                String filter = filter(random, levels);
                String topic = topic(random, levels);
                if (LevelFilter.of(filter).matches(topic, false) && permissions.maySubscribe(BOB, filter)) {
                    assertThat(permissions.maySubscribe(BOB, topic))
                            .as("%s by %s, rules %s", topic, filter, rules)
                            .isTrue();
                }
            }
        });
    }

    private static String topic(SplittableRandom random, List<String> levels) {
        String topic = random.ints(1 + random.nextInt(3), 0, levels.size())
                .mapToObj(levels::get)
                .collect(Collectors.joining("/"));
        return topic.isEmpty() ? "a" : topic;
    }

    private static String filter(SplittableRandom random, List<String> levels) {
        List<String> all = new ArrayList<>(levels);
        all.add("+");
        return switch (random.nextInt(4)) {
            case 0 -> "#";
            case 1 -> topic(random, all) + "/#";
            default -> topic(random, all);
        };
    }

    @Test
    void whoIsGoneOrHasAnotherClientIdWouldNotBeLetInAgain() {
        Function<String, @Nullable String> lost = users -> Standing.lost(Views.fleet(users), BOB);
        String bob = "users = [{ name = bob, password-hash = \"$2b$04$" + "a".repeat(53) + "\"";
        assertThat(lost.apply(bob + "}]")).isNull();
        assertThat(lost.apply(bob + ", client-ids = [\"dev-*\"] }]")).isNull();
        assertThat(lost.apply(bob + ", client-ids = [\"%u\"] }]")).startsWith("clientId: dev-1 (expected: ");
        assertThat(lost.apply("access-keys = [{ id = bob, secret = s }]")).isNull();
        assertThat(lost.apply("")).startsWith("user: bob (expected: ");
        assertThat(Standing.lost(Views.fleet(""), NOBODY)).isNull();
    }

    @ParameterizedTest(name = "{0} {1}: publish {2}, subscribe {3}")
    @CsvSource({
        "news/a,    news/#, true,  true", // an allowing rule before the denying one
        "news/s/x,  news/s/#, true, true",
        "secret/x,  secret/x, false, false",
        "secret/x,  secret/#, false, false",
        "secret/x,  '#',    false, false", // a part of it is denied
        "secret/x,  +/x,    false, false",
        "other,     other,  false, false", // the default
        "up/1,      up/1,   true,  false", // publish only
        "down/1,    down/+, false, true", // subscribe only
        "down/1,    down/#, false, false", // more than what is allowed
    })
    void firstRuleThatFitsDecides(String topic, String filter, boolean publish, boolean subscribe) {
        Permissions permissions = Permissions.of(Views.fleet("""
                default-permission = deny
                permissions = [
                  { effect = allow, topics = ["news/#"] }
                  { effect = deny, action = all, topics = ["secret/#", "news/x"] }
                  { effect = allow, action = publish, topics = ["up/+"] }
                  { effect = allow, action = subscribe, topics = ["down/+"] }
                ]"""));
        assertThat(permissions.mayPublish(BOB, topic)).isEqualTo(publish);
        assertThat(permissions.maySubscribe(BOB, filter)).isEqualTo(subscribe);
    }

    @ParameterizedTest
    @CsvSource({
        "users = [bob],                            true,  false",
        "users = [alice],                          false, false",
        "groups = [GID_cars],                      true,  false",
        "clients = [dev-2],                        false, true",
        "'users = [bob], groups = [GID_cars]',     true,  false",
        "'users = [bob], groups = [GID_ships]',    false, false",
        "'',                                       true,  true",
    })
    void aRuleSpeaksOfThoseThatAllItsListsName(String who, boolean bob, boolean nobody) {
        Permissions permissions = Permissions.of(Views.fleet(
                "default-permission = deny, permissions = [{ effect = allow, topics = [a], " + who + " }]"));
        assertThat(permissions.mayPublish(BOB, "a")).isEqualTo(bob);
        assertThat(permissions.mayPublish(NOBODY, "a")).isEqualTo(nobody);
    }

    @ParameterizedTest(name = "{0} as client {1}, user {2}: {3}")
    @CsvSource(
            nullValues = "null",
            value = {
                "to/%c/#,     dev-1,  bob,     to/dev-1/x,    true",
                "to/%c/#,     dev-1,  bob,     to/dev-2/x,    false",
                "to/%u,       dev-1,  bob,     to/bob,        true",
                "to/%u,       dev-1,  null,    to/null,       false",
                "to/x-%c-%u,  dev-1,  bob,     to/x-dev-1-bob, true",
                "to/%c,       '#',    bob,     to/anything,   false",
                "to/%c,       +,      bob,     to/anything,   false",
                "to/%c/x,     a/b,    bob,     to/a/b/x,      false",
                "to/%c,       '',     bob,     to/,           false",
                "%c/x,        $SYS,   bob,     $SYS/x,        false",
                "to/%c,       $SYS,   bob,     to/$SYS,       true",
                "to/%c,       %u,     bob,     to/bob,        false", // what is put in is not read again
                "to/%c,       %u,     bob,     to/%u,         true",
            })
    void namesArePutIntoTopics(String rule, String clientId, @Nullable String username, String topic, boolean allowed) {
        Permissions permissions = Permissions.of(Views.fleet(
                "default-permission = deny, permissions = [{ effect = allow, topics = [\"" + rule + "\"] }]"));
        Identity identity = new Identity("fleet", clientId, username, null, "user:" + username);
        assertThat(permissions.mayPublish(identity, topic)).isEqualTo(allowed);
        assertThat(permissions.maySubscribe(identity, topic)).isEqualTo(allowed);
    }

    @Test
    void denyingEverythingReachesDollarTopicsAndAllowingEverythingDoesNot() {
        Permissions denied = Permissions.of(Views.fleet("permissions = [{ effect = deny, topics = [\"#\"] }]"));
        assertThat(denied.mayPublish(BOB, "$x/y")).isFalse();
        assertThat(denied.maySubscribe(BOB, "$x/#")).isFalse();

        Permissions allowed = Permissions.of(
                Views.fleet("default-permission = deny, permissions = [{ effect = allow, topics = [\"#\"] }]"));
        assertThat(allowed.mayPublish(BOB, "$x/y")).isFalse();
        assertThat(allowed.maySubscribe(BOB, "$x/#")).isFalse();
        assertThat(allowed.maySubscribe(BOB, "#")).isTrue();
    }

    @Test
    void whatMayBeSubscribedToHoldsNoTopicThatTheRulesDeny() {
        Random random = new Random(20_261_121);
        List<String> filters = List.of("#", "+", "a", "a/#", "a/+", "a/b", "+/b", "+/+", "b/#", "$s/#", "$s/a", "+/#");
        List<String> topics = List.of("a", "b", "z", "a/b", "a/z", "b/b", "z/z", "$s", "$s/a", "a/b/c", "/", "/b");
        for (int round = 0; round < 500; round++) {
            String rules = randomRules(random, filters);
            ClientPermissions permissions = Permissions.of(Views.fleet(rules)).forClient(BOB);
            for (String filter : filters) {
                if (permissions.maySubscribe(filter)) {
                    LevelFilter subscribed = LevelFilter.of(filter);
                    assertThat(topics.stream().filter(topic -> subscribed.matches(topic, false)))
                            .as("%s under %s", filter, rules)
                            .allMatch(permissions::mayPublish); // the rules speak of both alike
                }
            }
        }
    }

    private static String randomRules(Random random, List<String> filters) {
        List<String> rules = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            rules.add("{ effect = %s, topics = [\"%s\"] }"
                    .formatted(random.nextBoolean() ? "allow" : "deny", filters.get(random.nextInt(filters.size()))));
        }
        return "default-permission = %s, permissions = [%s]"
                .formatted(random.nextBoolean() ? "allow" : "deny", String.join(", ", rules));
    }

    @Test
    void theCacheReadsEachViewOnce() {
        PermissionsCache cache = new PermissionsCache();
        InstanceView view = Views.fleet("default-permission = deny");
        Permissions first = cache.of(view);
        assertThat(cache.of(view)).isSameAs(first);
        assertThat(cache.of(Views.fleet("default-permission = allow")).allowsAll())
                .isTrue();
    }
}
