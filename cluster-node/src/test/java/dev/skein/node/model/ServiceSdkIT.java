package dev.skein.node.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.aliyun.tea.TeaException;
import com.aliyun.teaopenapi.Client;
import com.aliyun.teaopenapi.models.Config;
import com.aliyun.teaopenapi.models.OpenApiRequest;
import com.aliyun.teaopenapi.models.Params;
import com.aliyun.teautil.models.RuntimeOptions;
import com.aliyuncs.CommonRequest;
import com.aliyuncs.CommonResponse;
import com.aliyuncs.DefaultAcsClient;
import com.aliyuncs.exceptions.ClientException;
import com.aliyuncs.http.MethodType;
import com.aliyuncs.http.ProtocolType;
import com.aliyuncs.profile.DefaultProfile;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The engines of the service's SDKs, unmodified: only the endpoint is another. */
@ExtendWith(Model.Extension.class)
class ServiceSdkIT {
    private final ModelNode node;
    private final String unique = UUID.randomUUID().toString().substring(0, 8);

    ServiceSdkIT(Model model) {
        this.node = model.node();
    }

    private static Map<String, String> application() {
        long expireTime = InstantSource.system().millis() + Duration.ofHours(1).toMillis();
        return new TreeMap<>(Map.of(
                "InstanceId", "fleet",
                "Actions", "R,W",
                "Resources", "news/#,devices/+",
                "ExpireTime", Long.toString(expireTime)));
    }

    private void connects(String token) {
        try (Device device = node.stranger("GID_Test@@@" + unique)
                .login("Token|YYYYY|fleet", "RW|" + token)
                .connect()) {
            device.publish("news/x", "x", 1);
        }
    }

    private Map<String, ?> tea(
            String algorithm, String secret, String method, String action, Map<String, String> parameters, boolean form)
            throws Exception {
        Config config = new Config()
                .setAccessKeyId("YYYYY")
                .setAccessKeySecret(secret)
                .setProtocol("HTTP")
                .setEndpoint(node.http());
        if (!algorithm.isEmpty()) {
            config.setSignatureAlgorithm(algorithm);
        }
        Params params = new Params()
                .setAction(action)
                .setVersion("2020-04-20")
                .setProtocol("HTTP")
                .setPathname("/")
                .setMethod(method)
                .setAuthType("AK")
                .setStyle("RPC")
                .setReqBodyType("formData")
                .setBodyType("json");
        OpenApiRequest request =
                form ? new OpenApiRequest().setBody(parameters) : new OpenApiRequest().setQuery(parameters);
        return new Client(config).callApi(params, request, new RuntimeOptions());
    }

    /** A field of the answer as text, {@code null} when it is not there. */
    private static String body(Map<String, ?> answer, String field) {
        return answer.get("body") instanceof Map<?, ?> fields ? String.valueOf(fields.get(field)) : "null";
    }

    /** ACS3-HMAC-SHA256 without a name, version 1 by the name of v2. */
    @ParameterizedTest(name = "{0} {1} form {2}")
    @CsvSource({
        "'', POST, false",
        "'', POST, true",
        "'', GET, false",
        "v2, POST, false",
        "v2, POST, true",
        "v2, GET, false"
    })
    void teaAppliesForTokens(String algorithm, String method, boolean form) throws Exception {
        Map<String, ?> applied = tea(algorithm, "XXXXX", method, "ApplyToken", application(), form);
        String token = body(applied, "Token");
        connects(token);
        Map<String, String> same = Map.of("InstanceId", "fleet", "Token", token);
        assertThat(body(tea(algorithm, "XXXXX", method, "QueryToken", same, form), "TokenStatus"))
                .isEqualTo("true");
        assertThat(body(tea(algorithm, "XXXXX", method, "RevokeToken", same, form), "RequestId"))
                .isNotEqualTo("null");
        assertThat(body(tea(algorithm, "XXXXX", method, "QueryToken", same, form), "TokenStatus"))
                .isEqualTo("false");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "v2"})
    void teaUnderstandsErrors(String algorithm) {
        assertThatThrownBy(() -> tea(algorithm, "wrong", "POST", "ApplyToken", application(), false))
                .isInstanceOfSatisfying(
                        TeaException.class, e -> assertThat(e.getCode()).isEqualTo("SignatureDoesNotMatch"));
        assertThatThrownBy(() -> tea(algorithm, "XXXXX", "POST", "MakeCoffee", Map.of(), false))
                .isInstanceOfSatisfying(
                        TeaException.class, e -> assertThat(e.getCode()).isEqualTo("InvalidAction.NotFound"));
        assertThatThrownBy(() -> tea(algorithm, "XXXXX", "POST", "ApplyToken", Map.of("InstanceId", "fleet"), false))
                .isInstanceOfSatisfying(TeaException.class, e -> {
                    assertThat(e.getCode()).isEqualTo("MissingActions");
                    assertThat(e.getMessage()).contains("is mandatory for this action");
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "v2"})
    void teaSendsTextOfAnyKind(String algorithm) throws Exception {
        String text = "~*+ /=&%?#ä€😀\"'\n|";
        try (Device device = node.device("fleet", "GID_Test@@@" + unique).connect()) {
            device.subscribe("news/" + unique, 1);
            Map<String, String> message = Map.of("InstanceId", "fleet", "MqttTopic", "news/" + unique, "Payload", text);
            assertThat(body(tea(algorithm, "XXXXX", "POST", "SendMessage", message, false), "MsgId"))
                    .isNotEqualTo("null");
            assertThat(device.next().body()).isEqualTo(text);
            assertThat(body(tea(algorithm, "XXXXX", "POST", "SendMessage", message, true), "MsgId"))
                    .isNotEqualTo("null");
            assertThat(device.next().body()).isEqualTo(text);
            Map<String, String> batch = Map.of(
                    "InstanceId", "fleet", "ClientIdList.1", device.clientId(), "ClientIdList.2", "GID_Test@@@nobody");
            assertThat(body(
                            tea(algorithm, "XXXXX", "POST", "BatchQuerySessionByClientIds", batch, false),
                            "OnlineStatusList"))
                    .contains("OnlineStatus=true", "OnlineStatus=false");
        }
    }

    private CommonResponse core(String secret, boolean form, String action, Map<String, String> parameters)
            throws ClientException {
        CommonRequest request = new CommonRequest();
        request.setSysMethod(MethodType.POST);
        request.setSysProtocol(ProtocolType.HTTP);
        request.setSysDomain(node.http());
        request.setSysVersion("2020-04-20");
        request.setSysAction(action);
        parameters.forEach(form ? request::putBodyParameter : request::putQueryParameter);
        DefaultAcsClient client = new DefaultAcsClient(DefaultProfile.getProfile("cn-hangzhou", "YYYYY", secret));
        try {
            return client.getCommonResponse(request);
        } finally {
            client.shutdown();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void coreAppliesForTokens(boolean form) throws Exception {
        CommonResponse applied = core("XXXXX", form, "ApplyToken", application());
        assertThat(applied.getHttpStatus()).isEqualTo(200);
        connects(new ObjectMapper().readTree(applied.getData()).path("Token").asText());
    }

    @Test
    void coreUnderstandsErrors() {
        assertThatThrownBy(() -> core("wrong", false, "ListInstances", Map.of()))
                .isInstanceOfSatisfying(
                        ClientException.class,
                        e -> assertThat(e.getErrCode()).isIn("SignatureDoesNotMatch", "InvalidAccessKeySecret"));
        assertThatThrownBy(() -> core("XXXXX", false, "MakeCoffee", Map.of()))
                .isInstanceOfSatisfying(ClientException.class, e -> {
                    assertThat(e.getErrCode()).isEqualTo("InvalidAction.NotFound");
                    assertThat(e.getRequestId()).hasSize(36);
                });
    }
}
