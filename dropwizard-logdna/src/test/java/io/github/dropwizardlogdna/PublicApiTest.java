package io.github.dropwizardlogdna;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.lang.reflect.Executable;
import java.lang.reflect.Member;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Each member of other projects and of the JDK that the library uses exists and is public API. What counts is the class
 * path of the run: with {@code -Ddropwizard.version=5.0.0} that of Dropwizard 5.0.0. A member that is missing or private
 * in an older version than the one the library was compiled against fails here, and not in somebody's service.
 */
class PublicApiTest {

    private static final String OURS = "io.github.dropwizardlogdna.";

    private static final JavaClasses CLASSES =
            new ClassFileImporter().withImportOption(new LibraryOnly()).importPackages("io.github.dropwizardlogdna");

    @Test
    void usesNothingThatIsMissingOrNotPublic() {
        TreeSet<String> problems = new TreeSet<>();
        int checked = 0;
        for (JavaClass user : CLASSES) {
            for (JavaAccess<?> access : user.getAccessesFromSelf()) {
                AccessTarget target = access.getTarget();
                if (!elementOf(target.getOwner()).getName().startsWith(OURS)) {
                    checked++;
                    String problem = problemOf(target, user);
                    if (problem != null) {
                        problems.add(user.getSimpleName() + " uses " + target.getFullName() + ": " + problem);
                    }
                }
            }
        }
        assertThat(checked).isGreaterThan(1_000);
        assertThat(problems).isEmpty();
    }

    private static JavaClass elementOf(JavaClass type) {
        return type.isArray() ? type.getBaseComponentType() : type;
    }

    @jakarta.annotation.Nullable
    private static String problemOf(AccessTarget target, JavaClass user) {
        try {
            Class<?> owner = load(target.getOwner());
            if (!owner.getModule().isExported(owner.getPackageName())) {
                return "is not exported";
            }
            List<? extends Member> members = membersOf(owner, target);
            if (members.isEmpty()) {
                return "does not exist";
            }
            boolean inherits = owner.isAssignableFrom(load(user));
            return members.stream().anyMatch(member -> isAccessible(member, inherits)) ? null : "is not public";
        } catch (ClassNotFoundException | LinkageError e) {
            return e.toString();
        }
    }

    private static boolean isAccessible(Member member, boolean inherits) {
        int modifiers = member.getModifiers();
        return Modifier.isPublic(modifiers) || (Modifier.isProtected(modifiers) && inherits);
    }

    private static Class<?> load(JavaClass type) throws ClassNotFoundException {
        if (type.isArray()) {
            return Object.class; // clone() and length
        }
        return switch (type.getName()) {
            case "boolean", "byte", "char", "short", "int", "long", "float", "double", "void" ->
                throw new ClassNotFoundException(type.getName());
            default -> Class.forName(type.getName(), false, PublicApiTest.class.getClassLoader());
        };
    }

    private static List<? extends Member> membersOf(Class<?> owner, AccessTarget target) {
        List<Member> found = new ArrayList<>();
        for (Class<?> type : withSupertypes(owner)) {
            if (target instanceof CodeUnitAccessTarget codeUnit) {
                Stream<? extends Executable> declared = codeUnit.getName().equals("<init>")
                        ? Arrays.stream(type == owner ? type.getDeclaredConstructors() : new Executable[0])
                        : Arrays.stream(type.getDeclaredMethods())
                                .filter(method -> method.getName().equals(codeUnit.getName()));
                declared.filter(member -> sameParameters(member, codeUnit)).forEach(found::add);
            } else {
                Arrays.stream(type.getDeclaredFields())
                        .filter(field -> field.getName().equals(target.getName()))
                        .forEach(found::add);
            }
        }
        return found;
    }

    private static boolean sameParameters(Executable member, CodeUnitAccessTarget target) {
        List<String> wanted = target.getRawParameterTypes().stream()
                .map(JavaClass::getFullName)
                .toList();
        return wanted.equals(
                Arrays.stream(member.getParameterTypes()).map(Class::getName).toList());
    }

    private static List<Class<?>> withSupertypes(Class<?> type) {
        List<Class<?>> types = new ArrayList<>();
        collect(type, types);
        types.add(Object.class); // whose methods an interface has, too
        return types;
    }

    private static void collect(@jakarta.annotation.Nullable Class<?> type, List<Class<?>> types) {
        if (type != null) {
            types.add(type);
            collect(type.getSuperclass(), types);
            Arrays.stream(type.getInterfaces()).forEach(each -> collect(each, types));
        }
    }
}
