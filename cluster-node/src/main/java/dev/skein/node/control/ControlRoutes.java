package dev.skein.node.control;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** Every route of the server, as data. */
final class ControlRoutes {
    static final String OPENAPI_RESOURCE = "/openapi/openapi.json";
    static final String API = "/api/v1";

    private static final String INSTANCE = API + "/instances/{instance}";
    private static final String GET = "GET";
    private static final String POST = "POST";
    private static final String DELETE = "DELETE";
    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int NO_CONTENT = 204;
    private static final List<String> NONE = List.of();
    private static final List<String> PAGING = List.of("after", Call.LIMIT);

    private final ControlPorts ports;
    private final Scrapes scrapes;
    private final RegistryRoutes registry;
    private final ClientRoutes clients;
    private final RetainedRoutes retained;
    private final RuleRoutes rules;
    private final TokenKeyRoutes tokenKeys;
    private final CredentialRoutes credentials;
    private final TraceRoutes traces;

    ControlRoutes(ControlPorts ports, Scrapes scrapes) {
        this.ports = ports;
        this.scrapes = scrapes;
        this.registry = new RegistryRoutes(ports.registry());
        this.clients = new ClientRoutes(ports.clients(), ports.publisher());
        this.retained = new RetainedRoutes(ports.retained());
        this.rules = new RuleRoutes(ports.rules());
        this.tokenKeys = new TokenKeyRoutes(ports.credentials());
        this.credentials = new CredentialRoutes(ports.credentials());
        this.traces = new TraceRoutes(ports.traces());
    }

    /** The health checks alone. */
    List<Endpoint> health() {
        return List.of(
                get(
                        "/health/live",
                        NONE,
                        Answer.Health.class,
                        _ -> ports.health().live().thenApply(Answer::health)),
                get(
                        "/health/ready",
                        NONE,
                        Answer.Health.class,
                        _ -> ports.health().ready().thenApply(Answer::health)));
    }

    List<Endpoint> all() {
        return Stream.concat(health().stream(), others().stream()).toList();
    }

    private List<Endpoint> others() {
        return Stream.of(node(), registered(), rules(), credentials(), tokenKeys(), clients(), messages(), traces())
                .flatMap(List::stream)
                .toList();
    }

    private List<Endpoint> node() {
        return List.of(
                page("/metrics", _ -> scrapes.next().thenApply(text -> Answer.text(Answer.PROMETHEUS, text))),
                page(API + "/openapi.json", _ -> done(Answer.text(Answer.JSON, openApi()))),
                get(
                        API + "/cluster",
                        NONE,
                        ClusterState.class,
                        _ -> ports.cluster().state().thenApply(Answer::ok)),
                get(
                        API + "/node/history",
                        NONE,
                        FigureHistory.class,
                        _ -> done(Answer.ok(ports.cluster().history()))),
                post(
                        API + "/node/drain",
                        NONE,
                        DrainState.class,
                        _ -> ports.cluster().drain().thenApply(Answer::ok)));
    }

    private List<Endpoint> registered() {
        return List.of(
                get(API + "/instances", NONE, Answer.Instances.class, registry::instances),
                get(INSTANCE, NONE, InstanceInfo.class, registry::instance),
                get(INSTANCE + "/groups", PAGING, Answer.Groups.class, known(registry::groups)),
                create(INSTANCE + "/groups", RegistryRoutes.GROUP, known(registry::createGroup)),
                delete(INSTANCE + "/groups/{group}", known(registry::deleteGroup)),
                get(INSTANCE + "/topics", PAGING, Answer.Topics.class, known(registry::topics)),
                create(INSTANCE + "/topics", RegistryRoutes.PARENT_TOPIC, known(registry::createTopic)),
                delete(INSTANCE + "/topics/{parentTopic}", known(registry::deleteTopic)),
                get(INSTANCE + "/audit", PAGING, AuditPage.class, known(registry::audit)));
    }

    private List<Endpoint> rules() {
        String rule = INSTANCE + "/rules/{rule}";
        return List.of(
                get(INSTANCE + "/rules", PAGING, Answer.Rules.class, known(rules::list)),
                new Endpoint(
                        POST,
                        INSTANCE + "/rules",
                        NONE,
                        RuleFields.CREATE,
                        CREATED,
                        Optional.of(RuleInfo.class),
                        known(rules::create)),
                get(rule, NONE, RuleInfo.class, known(rules::show)),
                post(rule, RuleFields.CHANGE, RuleInfo.class, known(rules::change)),
                delete(rule, known(rules::delete)),
                get(API + "/connectors", NONE, Answer.Connectors.class, rules::connectors),
                post(API + "/connectors/{connector}/test", NONE, ConnectorTest.class, rules::testConnector));
    }

    private List<Endpoint> credentials() {
        String users = INSTANCE + "/users";
        String keys = INSTANCE + "/access-keys";
        return List.of(
                get(users, PAGING, Answer.Users.class, known(credentials::users)),
                new Endpoint(
                        POST,
                        users,
                        NONE,
                        CredentialRoutes.NEW_USER,
                        CREATED,
                        Optional.of(UserInfo.class),
                        known(credentials::addUser)),
                post(
                        users + "/{user}/password",
                        CredentialRoutes.PASSWORD,
                        Answer.Changed.class,
                        known(credentials::setPassword)),
                delete(users + "/{user}", known(credentials::removeUser)),
                get(keys, PAGING, Answer.AccessKeys.class, known(credentials::accessKeys)),
                new Endpoint(
                        POST,
                        keys,
                        NONE,
                        CredentialRoutes.NEW_KEY,
                        CREATED,
                        Optional.of(NewAccessKey.class),
                        known(credentials::addAccessKey)),
                delete(keys + "/{accessKey}", known(credentials::removeAccessKey)));
    }

    private List<Endpoint> tokenKeys() {
        String all = INSTANCE + "/token-keys";
        return List.of(
                get(all, NONE, TokenKeys.class, known(tokenKeys::list)),
                new Endpoint(POST, all, NONE, NONE, CREATED, Optional.of(TokenKeyInfo.class), known(tokenKeys::rotate)),
                delete(all + "/{number}", known(tokenKeys::remove)));
    }

    private List<Endpoint> clients() {
        String client = INSTANCE + "/clients/{clientId}";
        return List.of(
                get(
                        INSTANCE + "/clients",
                        List.of("search", "after", Call.LIMIT),
                        ClientPage.class,
                        known(clients::list)),
                get(
                        INSTANCE + "/sessions",
                        List.of("search", "largest", "after", Call.LIMIT),
                        SessionPage.class,
                        known(clients::sessions)),
                get(client, NONE, ClientDetail.class, known(clients::show)),
                get(client + "/subscriptions", PAGING, SubscriptionPage.class, known(clients::subscriptions)),
                post(client + "/disconnect", NONE, Answer.Disconnected.class, known(clients::disconnect)),
                delete(client + "/session", known(clients::discardSession)));
    }

    private List<Endpoint> messages() {
        String all = INSTANCE + "/retained";
        return List.of(
                post(INSTANCE + "/messages", MessageFields.NAMES, Answer.Published.class, known(clients::publish)),
                get(all, RetainedRoutes.QUERY, RetainedPage.class, known(retained::list)),
                deleteAll(all, RetainedRoutes.QUERY, RetainedDeleted.class, known(retained::deleteAll)),
                delete(all + "/{topic}", known(retained::delete)));
    }

    private List<Endpoint> traces() {
        String trace = INSTANCE + "/trace";
        return List.of(
                get(trace + "/clients/{clientId}", TraceRoutes.QUERY, TraceList.class, known(traces::client)),
                get(trace + "/messages/{messageId}", TraceRoutes.QUERY, TraceList.class, known(traces::message)));
    }

    // Ports are asked about instances that exist, so that each of them need not check.
    private Endpoint.Handler known(Endpoint.Handler handler) {
        return call -> registry.instance(call).thenCompose(_ -> handler.handle(call));
    }

    private static Endpoint get(String template, List<String> query, Class<?> answer, Endpoint.Handler handler) {
        return new Endpoint(GET, template, query, NONE, OK, Optional.of(answer), handler);
    }

    private static Endpoint page(String template, Endpoint.Handler handler) {
        return new Endpoint(GET, template, NONE, NONE, OK, Optional.empty(), handler);
    }

    private static Endpoint post(String template, List<String> body, Class<?> answer, Endpoint.Handler handler) {
        return new Endpoint(POST, template, NONE, body, OK, Optional.of(answer), handler);
    }

    private static Endpoint create(String template, String field, Endpoint.Handler handler) {
        return new Endpoint(POST, template, NONE, List.of(field), CREATED, Optional.of(RegistryEntry.class), handler);
    }

    private static Endpoint delete(String template, Endpoint.Handler handler) {
        return new Endpoint(DELETE, template, NONE, NONE, NO_CONTENT, Optional.empty(), handler);
    }

    private static Endpoint deleteAll(String template, List<String> query, Class<?> answer, Endpoint.Handler handler) {
        return new Endpoint(DELETE, template, query, NONE, OK, Optional.of(answer), handler);
    }

    private static CompletionStage<Answer> done(Answer answer) {
        return CompletableFuture.completedStage(answer);
    }

    private static String openApi() {
        try (InputStream in =
                Objects.requireNonNull(ControlRoutes.class.getResourceAsStream(OPENAPI_RESOURCE), OPENAPI_RESOURCE)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(OPENAPI_RESOURCE, e);
        }
    }
}
