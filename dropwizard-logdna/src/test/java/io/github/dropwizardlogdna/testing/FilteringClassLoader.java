package io.github.dropwizardlogdna.testing;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** A class path that lacks something: loads some packages anew, so that their classes don't see what is missing. */
public final class FilteringClassLoader extends ClassLoader {

    private final Predicate<String> missing;
    private final List<String> reloaded;
    private final Set<String> loaded = ConcurrentHashMap.newKeySet();

    /**
     * @param missing whether a class of this name can't be found
     * @param reloaded prefixes of the names of classes that this loader loads itself; the library is always among them
     */
    public FilteringClassLoader(Predicate<String> missing, String... reloaded) {
        super(FilteringClassLoader.class.getClassLoader());
        this.missing = missing;
        this.reloaded = List.of(reloaded);
    }

    /** The names of the classes that this loader loaded itself. */
    public Set<String> loaded() {
        return loaded;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (missing.test(name)) {
            throw new ClassNotFoundException(name);
        }
        if (!name.startsWith("io.github.dropwizardlogdna.") && reloaded.stream().noneMatch(name::startsWith)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            return known == null ? define(name) : known;
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        loaded.add(name);
        try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] bytes = in.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }
}
