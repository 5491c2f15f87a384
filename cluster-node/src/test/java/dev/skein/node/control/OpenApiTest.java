package dev.skein.node.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The document and the code say the same. */
class OpenApiTest {
    private static final String JSON = "application/json";
    private static final Pattern VARIABLE = Pattern.compile("\\{(\\w+)}");
    private static final Set<String> SCHEMA_WORDS = Set.of(
            "$ref",
            "type",
            "format",
            "description",
            "enum",
            "items",
            "nullable",
            "minimum",
            "maximum",
            "minLength",
            "pattern",
            "default",
            "example",
            "additionalProperties",
            "required",
            "properties",
            "oneOf");
    private static final Set<String> OPERATION_WORDS = Set.of(
            "operationId", "tags", "summary", "description", "parameters", "requestBody", "responses", "security");

    private static JsonNode document;

    @BeforeAll
    static void read() throws Exception {
        try (InputStream in =
                Objects.requireNonNull(OpenApiTest.class.getResourceAsStream(ControlRoutes.OPENAPI_RESOURCE))) {
            document = Json.MAPPER.readTree(in);
        }
    }

    static List<Endpoint> endpoints() {
        FakeNode node = new FakeNode();
        return new ControlRoutes(node.ports(), new Scrapes(() -> "", Runnable::run)).all();
    }

    @Test
    void everyRouteIsInTheDocumentAndTheOtherWayRound() {
        Set<String> documented = new TreeSet<>();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .properties()
                        .forEach(operation ->
                                documented.add(operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey())));
        List<String> served = endpoints().stream()
                .map(endpoint -> endpoint.method() + " " + endpoint.template())
                .toList();
        assertThat(served).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(documented);
    }

    @ParameterizedTest
    @MethodSource("endpoints")
    void parametersAgree(Endpoint endpoint) {
        Set<String> variables = new TreeSet<>();
        VARIABLE.matcher(endpoint.template()).results().forEach(match -> variables.add(match.group(1)));
        assertThat(parameters(endpoint, "path")).isEqualTo(variables);
        assertThat(parameters(endpoint, "query")).isEqualTo(new TreeSet<>(endpoint.query()));
    }

    @ParameterizedTest
    @MethodSource("endpoints")
    void fieldsOfTheRequestBodyAgree(Endpoint endpoint) {
        JsonNode schema = resolve(operation(endpoint)
                .path("requestBody")
                .path("content")
                .path(JSON)
                .path("schema"));
        assertThat(names(schema.path("properties"))).containsExactlyInAnyOrderElementsOf(endpoint.body());
    }

    @ParameterizedTest
    @MethodSource("endpoints")
    void fieldsOfTheAnswerAgree(Endpoint endpoint) {
        JsonNode success = operation(endpoint).path("responses").path(Integer.toString(endpoint.status()));
        assertThat(success.isMissingNode()).as("status %d", endpoint.status()).isFalse();
        endpoint.answer()
                .ifPresent(answer ->
                        assertRecord(answer, success.path("content").path(JSON).path("schema")));
    }

    @ParameterizedTest
    @MethodSource("endpoints")
    void onlyRoutesWithABodyRefuseOne(Endpoint endpoint) {
        JsonNode responses = operation(endpoint).path("responses");
        assertThat(responses.has("413")).isEqualTo(!endpoint.body().isEmpty());
        assertThat(responses.has("415")).isEqualTo(!endpoint.body().isEmpty());
        assertThat(responses.has("401")).isEqualTo(endpoint.template().startsWith(ControlRoutes.API));
    }

    @Test
    void errorCodesAgree() {
        List<String> codes = Stream.of(ErrorCode.values()).map(ErrorCode::text).toList();
        List<ErrorCatalog.Entry> entries = ErrorCatalog.read();
        assertThat(entries.stream().map(ErrorCatalog.Entry::code)).containsExactlyInAnyOrderElementsOf(codes);
        assertThat(texts(schemas().path("Error").path("properties").path("code").path("enum")))
                .containsExactlyInAnyOrderElementsOf(codes);
        assertRecord(Answer.ErrorBody.class, schemas().path("Error"));
        assertThat(entries).allSatisfy(entry -> {
            assertThat(entry.description()).endsWith(".");
            assertThat(entry.help()).isNotBlank();
        });
    }

    @Test
    void everyStatusOfAnErrorIsDescribedWithItsCodes() {
        Map<Integer, Set<String>> codes = new TreeMap<>();
        ErrorCatalog.read()
                .forEach(entry -> codes.computeIfAbsent(entry.status(), _ -> new TreeSet<>())
                        .add(entry.code()));
        Set<String> described = new TreeSet<>();
        document.path("components")
                .path("responses")
                .forEach(response -> described.add(response.path("description").asText()));
        assertThat(described)
                .containsExactlyInAnyOrderElementsOf(codes.values().stream()
                        .map(set -> ErrorCatalog.read().stream()
                                .map(ErrorCatalog.Entry::code)
                                .filter(set::contains)
                                .toList())
                        .map(list -> "Codes: " + String.join(", ", list) + ".")
                        .toList());
    }

    @Test
    void documentIsWellFormed() {
        assertThat(document.path("openapi").asText()).isEqualTo("3.0.3");
        assertThat(names(document))
                .containsExactlyInAnyOrder("openapi", "info", "servers", "security", "tags", "paths", "components");
        List<String> ids = new ArrayList<>();
        List<String> tags = document.path("tags").findValuesAsText("name");
        document.path("paths")
                .forEach(path -> path.forEach(operation -> {
                    ids.add(operation.path("operationId").asText());
                    assertThat(OPERATION_WORDS).containsAll(names(operation));
                    assertThat(operation.path("summary").asText()).isNotBlank();
                    assertThat(tags).containsAll(texts(operation.path("tags")));
                }));
        assertThat(ids).doesNotHaveDuplicates().doesNotContain("");
    }

    @Test
    void everyReferenceLeadsSomewhereAndEveryComponentIsUsed() {
        List<String> references = document.findValuesAsText("$ref");
        assertThat(references)
                .allSatisfy(reference -> assertThat(
                                document.at(reference.substring(1)).isMissingNode())
                        .as(reference)
                        .isFalse());
        for (String kind : List.of("schemas", "responses", "parameters")) {
            for (String name : names(document.path("components").path(kind))) {
                if (name.equals("MethodNotAllowed")) {
                    continue; // What a method gets that is no operation.
                }
                assertThat(references).contains("#/components/" + kind + "/" + name);
            }
        }
    }

    @Test
    void everySchemaIsStrictAndDescribesItsFields() {
        schemas().properties().forEach(schema -> {
            assertThat(schema.getValue().path("additionalProperties"))
                    .as(schema.getKey())
                    .hasToString("false");
            assertThat(names(schema.getValue().path("properties")))
                    .containsAll(texts(schema.getValue().path("required")));
            schema.getValue().path("properties").properties().forEach(field -> {
                assertThat(SCHEMA_WORDS).containsAll(names(field.getValue()));
                assertThat(field.getValue().has("$ref")
                                || !field.getValue()
                                        .path("description")
                                        .asText()
                                        .isBlank())
                        .as(schema.getKey() + "." + field.getKey())
                        .isTrue();
            });
        });
    }

    private static void assertRecord(Class<?> type, JsonNode reference) {
        JsonNode schema = resolve(reference);
        Map<String, JsonNode> properties = new TreeMap<>();
        schema.path("properties").properties().forEach(field -> properties.put(field.getKey(), field.getValue()));
        List<RecordComponent> components = components(type);
        assertThat(properties.keySet())
                .as(type.getSimpleName())
                .containsExactlyInAnyOrderElementsOf(
                        components.stream().map(RecordComponent::getName).toList());
        assertThat(texts(schema.path("required"))).containsExactlyInAnyOrderElementsOf(properties.keySet());
        for (RecordComponent component : components) {
            JsonNode property = Objects.requireNonNull(properties.get(component.getName()));
            assertType(type.getSimpleName() + "." + component.getName(), component.getAnnotatedType(), property);
        }
    }

    private static void assertType(String where, AnnotatedType annotated, JsonNode property) {
        assertThat(property.path("nullable").asBoolean())
                .as(where)
                .isEqualTo(annotated.isAnnotationPresent(Nullable.class));
        Type type = annotated.getType();
        if (type instanceof ParameterizedType list) {
            assertThat(property.path("type").asText()).as(where).isEqualTo("array");
            Class<?> element = (Class<?>) list.getActualTypeArguments()[0];
            if (element.isRecord()) {
                assertRecord(element, property.path("items"));
            } else {
                assertThat(property.path("items").path("type").asText() + " ")
                        .as(where)
                        .isEqualTo(primitive(element));
            }
        } else if (((Class<?>) type).isRecord()) {
            assertRecord((Class<?>) type, property);
        } else {
            assertThat(property.path("type").asText() + " "
                            + property.path("format").asText())
                    .as(where)
                    .isEqualTo(primitive((Class<?>) type));
        }
    }

    private static String primitive(Class<?> type) {
        return Map.of(
                        String.class, "string ",
                        Instant.class, "string date-time",
                        boolean.class, "boolean ",
                        Boolean.class, "boolean ",
                        int.class, "integer int32",
                        Integer.class, "integer int32",
                        long.class, "integer int64",
                        Long.class, "integer int64",
                        Double.class, "number ")
                .getOrDefault(type, "unknown type " + type);
    }

    private static List<RecordComponent> components(Class<?> type) {
        return Arrays.stream(type.getRecordComponents())
                .flatMap(component -> component.getAccessor().isAnnotationPresent(JsonUnwrapped.class)
                        ? components(component.getType()).stream()
                        : Stream.of(component))
                .toList();
    }

    private static Set<String> parameters(Endpoint endpoint, String in) {
        Set<String> names = new TreeSet<>();
        operation(endpoint).path("parameters").forEach(reference -> {
            JsonNode parameter = resolve(reference);
            if (parameter.path("in").asText().equals(in)) {
                assertThat(parameter.path("required").asBoolean()).isEqualTo(in.equals("path"));
                names.add(parameter.path("name").asText());
            }
        });
        return names;
    }

    private static JsonNode operation(Endpoint endpoint) {
        return document.path("paths")
                .path(endpoint.template())
                .path(endpoint.method().toLowerCase(Locale.ROOT));
    }

    private static JsonNode schemas() {
        return document.path("components").path("schemas");
    }

    private static JsonNode resolve(JsonNode node) {
        return node.has("$ref") ? document.at(node.path("$ref").asText().substring(1)) : node;
    }

    private static List<String> names(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return Collections.unmodifiableList(names);
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(element -> texts.add(element.asText()));
        return texts;
    }
}
