package dev.skein.node.control;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Routes of users and access keys. */
final class CredentialRoutes {
    static final String NAME = "name";
    static final String ID = "id";
    private static final String PASSWORD_HASH = "passwordHash";
    private static final String SECRET = "secret";
    private static final String ACCOUNT = "account";
    private static final String CLIENT_IDS = "clientIds";
    private static final String USER = "user";
    private static final String ACCESS_KEY = "accessKey";

    static final List<String> NEW_USER = List.of(NAME, PASSWORD_HASH, CLIENT_IDS);
    static final List<String> PASSWORD = List.of(PASSWORD_HASH);
    static final List<String> NEW_KEY = List.of(ID, SECRET, ACCOUNT, CLIENT_IDS);

    private final CredentialAdmin credentials;

    CredentialRoutes(CredentialAdmin credentials) {
        this.credentials = credentials;
    }

    CompletionStage<Answer> users(Call call) {
        int limit = call.limit();
        return credentials
                .users(call.instance())
                .thenApply(all -> page(all, UserInfo::name, call, limit, Answer.Users::new));
    }

    CompletionStage<Answer> addUser(Call call) {
        String name = call.body().text(NAME);
        List<String> clientIds = call.body().texts(CLIENT_IDS);
        return credentials
                .addUser(call.instance(), name, call.body().text(PASSWORD_HASH), clientIds, call.caller())
                .thenApply(_ -> Answer.created(new UserInfo(name, false, clientIds)));
    }

    CompletionStage<Answer> setPassword(Call call) {
        return credentials
                .setPassword(call.instance(), call.variable(USER), call.body().text(PASSWORD_HASH), call.caller())
                .thenApply(_ -> Answer.ok(new Answer.Changed(true)));
    }

    CompletionStage<Answer> removeUser(Call call) {
        return credentials
                .removeUser(call.instance(), call.variable(USER), call.caller())
                .thenApply(_ -> Answer.noContent());
    }

    CompletionStage<Answer> accessKeys(Call call) {
        int limit = call.limit();
        return credentials
                .accessKeys(call.instance())
                .thenApply(all -> page(all, AccessKeyInfo::id, call, limit, Answer.AccessKeys::new));
    }

    CompletionStage<Answer> addAccessKey(Call call) {
        Fields body = call.body();
        return credentials
                .addAccessKey(
                        call.instance(),
                        body.optionalText(ID).orElse(""),
                        body.optionalText(SECRET).orElse(""),
                        body.optionalText(ACCOUNT).orElse(null),
                        body.texts(CLIENT_IDS),
                        call.caller())
                .thenApply(Answer::created);
    }

    CompletionStage<Answer> removeAccessKey(Call call) {
        return credentials
                .removeAccessKey(call.instance(), call.variable(ACCESS_KEY), call.caller())
                .thenApply(_ -> Answer.noContent());
    }

    private static <T> Answer page(
            List<T> sorted,
            Function<T, String> name,
            Call call,
            int limit,
            BiFunction<List<T>, @Nullable String, Object> body) {
        String after = call.parameter("after").orElse("");
        List<T> rest = sorted.stream()
                .filter(each -> name.apply(each).compareTo(after) > 0)
                .limit(limit + 1L)
                .toList();
        boolean more = rest.size() > limit;
        List<T> page = more ? rest.subList(0, limit) : rest;
        return Answer.ok(body.apply(page, more ? name.apply(page.getLast()) : null));
    }
}
