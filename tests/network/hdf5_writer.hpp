// SPDX-License-Identifier: Apache-2.0
// Writes small HDF5 files, so that tests can make any NIR or NIRData file, right or wrong.
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace spikefab {

class Hdf5Writer final {
public:
    explicit Hdf5Writer(const std::filesystem::path& file)
        : file_{H5Fcreate(file.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)} {}
    ~Hdf5Writer() { H5Fclose(file_); }
    Hdf5Writer(const Hdf5Writer&) = delete;
    Hdf5Writer& operator=(const Hdf5Writer&) = delete;

    [[nodiscard]] hid_t id() const { return file_; }
    void group(const std::string& path) { H5Gclose(H5Gcreate2(file_, path.c_str(), parents(), H5P_DEFAULT, H5P_DEFAULT)); }

    /// Numbers stored as `type`; no dims: a scalar.
    void numbers(const std::string& path, const std::vector<double>& values, const std::vector<hsize_t>& dims,
                 hid_t type = H5T_IEEE_F32LE, bool compressed = false) {
        const hid_t space = space_of(dims);
        const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
        if (compressed) {
            H5Pset_chunk(creation, static_cast<int>(dims.size()), dims.data());
            H5Pset_deflate(creation, 6);
        }
        const hid_t dataset = H5Dcreate2(file_, path.c_str(), type, space, parents(), creation, H5P_DEFAULT);
        H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
        H5Dclose(dataset);
        H5Pclose(creation);
        H5Sclose(space);
    }

    /// Numbers that are declared but never written: dims may be huge.
    void declared(const std::string& path, const std::vector<hsize_t>& dims) {
        const hid_t space = space_of(dims);
        const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
        const std::vector<hsize_t> chunk(dims.size(), 1);
        H5Pset_chunk(creation, static_cast<int>(dims.size()), chunk.data());
        H5Dclose(H5Dcreate2(file_, path.c_str(), H5T_IEEE_F64LE, space, parents(), creation, H5P_DEFAULT));
        H5Pclose(creation);
        H5Sclose(space);
    }

    /// Texts of variable length in UTF-8, as h5py writes them; no dims: a scalar.
    void texts(const std::string& path, const std::vector<std::string>& values, const std::vector<hsize_t>& dims = {}) {
        const hid_t type = H5Tcopy(H5T_C_S1);
        H5Tset_size(type, H5T_VARIABLE);
        H5Tset_cset(type, H5T_CSET_UTF8);
        std::vector<const char*> pointers;
        for (const std::string& value : values) pointers.push_back(value.c_str());
        write_texts(path, type, dims, pointers.data());
    }

    /// Texts of one fixed length, padded with zeros or spaces.
    void fixed_texts(const std::string& path, const std::vector<std::string>& values, std::size_t width, H5T_str_t padding,
                     const std::vector<hsize_t>& dims = {}) {
        const hid_t type = H5Tcopy(H5T_C_S1);
        H5Tset_size(type, width);
        H5Tset_strpad(type, padding);
        std::string bytes;
        for (std::string value : values) {
            value.resize(width, padding == H5T_STR_SPACEPAD ? ' ' : '\0');
            bytes += value;
        }
        write_texts(path, type, dims, bytes.data());
    }

    void text_attribute(const std::string& path, const std::string& name, const std::string& value) {
        const hid_t type = H5Tcopy(H5T_C_S1);
        H5Tset_size(type, H5T_VARIABLE);
        H5Tset_cset(type, H5T_CSET_UTF8);
        const char* pointer = value.c_str();
        attribute(path, name, type, static_cast<const void*>(&pointer));
        H5Tclose(type);
    }
    void number_attribute(const std::string& path, const std::string& name, double value) {
        attribute(path, name, H5T_NATIVE_DOUBLE, &value);
    }

private:
    [[nodiscard]] static hid_t parents() {
        static const hid_t creation = [] {
            const hid_t list = H5Pcreate(H5P_LINK_CREATE);
            H5Pset_create_intermediate_group(list, 1);
            return list;
        }();
        return creation;
    }
    [[nodiscard]] static hid_t space_of(const std::vector<hsize_t>& dims) {
        return dims.empty() ? H5Screate(H5S_SCALAR) : H5Screate_simple(static_cast<int>(dims.size()), dims.data(), nullptr);
    }
    void write_texts(const std::string& path, hid_t type, const std::vector<hsize_t>& dims, const void* data) {
        const hid_t space = space_of(dims);
        const hid_t dataset = H5Dcreate2(file_, path.c_str(), type, space, parents(), H5P_DEFAULT, H5P_DEFAULT);
        H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data);
        H5Dclose(dataset);
        H5Sclose(space);
        H5Tclose(type);
    }
    void attribute(const std::string& path, const std::string& name, hid_t type, const void* data) {
        const hid_t space = H5Screate(H5S_SCALAR);
        const hid_t created =
            H5Acreate_by_name(file_, path.c_str(), name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        H5Awrite(created, type, data);
        H5Aclose(created);
        H5Sclose(space);
    }

    hid_t file_;
};

}  // namespace spikefab
